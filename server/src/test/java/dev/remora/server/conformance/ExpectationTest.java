package dev.remora.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of expectation holds for a reply that meets it and not for one that does not. */
final class ExpectationTest {
  private static final String NODE =
      "{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"ttl\":5,\"nodes\":[{\"key\":\"/a/x\"},"
          + "{\"key\":\"/a/y\"}]}}\n";
  private static final String EVENTS = "{\"action\":\"set\"}\n{\"action\":\"delete\"}\n";

  /** An expectation, a reply that meets it, and the nearest one that does not. */
  record Case(String expect, Reply meets, Reply misses) {
    JsonNode json() throws JsonProcessingException {
      return Scenario.JSON.readTree(expect.replace('\'', '"'));
    }

    @Override
    public String toString() {
      return expect;
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void isMetByTheRightReplyAlone(Case one) throws JsonProcessingException {
    JsonNode expect = one.json();

    assertThatCode(() -> Expectation.check(expect, one.meets(), new Variables()))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> Expectation.check(expect, one.misses(), new Variables()))
        .isInstanceOf(MismatchException.class);
  }

  @Test
  void everyKindOfExpectationIsAmongThem() throws JsonProcessingException {
    Set<String> kinds = new HashSet<>();
    for (Case one : cases()) {
      one.json().fieldNames().forEachRemaining(kinds::add);
    }

    assertThat(kinds).containsExactlyInAnyOrderElementsOf(Expectation.FIELDS);
  }

  @Test
  void aMisspeltExpectationIsAMistakeInTheScenario() throws JsonProcessingException {
    JsonNode expect = Scenario.JSON.readTree("{\"stauts\":200}");

    assertThatThrownBy(() -> Expectation.check(expect, complete(200, NODE), new Variables()))
        .hasMessage("unknown expectation: stauts");
  }

  @Test
  void variablesAreReplacedInExpectations() throws JsonProcessingException, MismatchException {
    Variables variables = new Variables();
    variables.put("idx0", 41);
    variables.put("ns", "/cf1");
    JsonNode template =
        Scenario.JSON.readTree(
            "{\"$ns/a\":[\"$idx0\",\"$idx0+1\",\"$ns/b-${idx0-1}\",\"${idx0+2:pad20}\","
                + "\"${ns:q}\",7,null]}");

    assertThat(variables.substitute(template).toString())
        .isEqualTo("{\"/cf1/a\":[41,42,\"/cf1/b-40\",\"00000000000000000043\",\"%2Fcf1\",7,null]}");
    assertThatThrownBy(() -> variables.text("$idx1")).hasMessage("undefined variable $idx1");
  }

  static List<Case> cases() {
    Reply dropped = new Reply();
    dropped.dropped("reset");
    Reply ended = complete(200, NODE);
    ended.ended();
    Reply good = complete(200, NODE);
    return List.of(
        new Case("{'status':200}", good, complete(201, NODE)),
        new Case("{'status':[200,201]}", good, complete(404, NODE)),
        new Case("{'headers':{'X-A':'1, 2'}}", good, reply(200, List.of(), NODE)),
        new Case("{'headers':{'x-a':{'regex':'^1'}}}", good, reply(200, List.of(), NODE)),
        new Case("{'headers':{'X-A':null}}", reply(200, List.of(), NODE), good),
        new Case("{'json-subset':{'node':{'ttl':5}}}", good, with("\"ttl\":5", "\"ttl\":6")),
        new Case("{'json-subset':{'node':{'ttl':5}}}", good, with("\"ttl\":5", "\"ttl\":\"5\"")),
        new Case(
            "{'json-subset':{'node':{'nodes':[{},{}]}}}", good, with("{\"key\":\"/a/x\"},", "")),
        new Case("{'json-absent':['node.value']}", good, with("\"ttl\"", "\"value\"")),
        new Case("{'json-len':{'node.nodes':2}}", good, with("{\"key\":\"/a/x\"},", "")),
        new Case("{'json-match':{'node.nodes.1.key':'y$'}}", good, with("/a/y", "/a/z")),
        new Case("{'json-range':{'node.ttl':[4,5]}}", good, with("\"ttl\":5", "\"ttl\":6")),
        new Case("{'json-set':{'node.nodes[].key':['/a/y','/a/x']}}", good, with("/a/y", "/a/x")),
        new Case("{'body-exact':'x'}", complete(200, "x"), complete(200, "x\n")),
        new Case("{'body-regex':'get.*nodes'}", good, with("nodes", "modes")),
        new Case("{'body-empty':true}", complete(200, ""), good),
        new Case("{'pending':true}", reply(200, List.of(), ""), complete(200, "")),
        new Case("{'pending':true}", reply(200, List.of(), ""), reply(200, List.of(), "x")),
        new Case("{'complete':true}", good, reply(200, List.of(), NODE)),
        new Case(
            "{'events':[{'action':'set'},{'action':'delete'}]}",
            complete(200, EVENTS),
            complete(200, EVENTS + EVENTS)),
        new Case(
            "{'events':[{},{}],'events-absent':['node']}",
            complete(200, EVENTS),
            complete(200, EVENTS.replace("action", "node"))),
        new Case("{'closed':true}", dropped, good),
        new Case("{'eof':true}", ended, good),
        new Case("{'eof':false}", good, ended));
  }

  private static Reply with(String old, String replacement) {
    return complete(200, NODE.replace(old, replacement));
  }

  private static Reply complete(int status, String body) {
    Reply reply =
        reply(status, List.of(new Reply.Header("X-A", "1"), new Reply.Header("x-a", "2")), body);
    reply.complete();
    return reply;
  }

  private static Reply reply(int status, List<Reply.Header> headers, String body) {
    Reply reply = new Reply();
    reply.head(status, headers);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    reply.append(bytes, bytes.length);
    return reply;
  }
}
