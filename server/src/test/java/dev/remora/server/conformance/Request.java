package dev.remora.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one HTTP/1.1 request, made from a step.
 *
 * @param method the method, which decides whether the answer may have a body
 * @param head request line and headers, with the empty line that ends them
 * @param body the body, empty if there is none
 */
record Request(String method, String head, String body) {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final Set<String> ALWAYS_WITH_LENGTH = Set.of("PUT", "POST", "PATCH");

  /** The bytes that go over the wire. The body is UTF-8. */
  byte[] bytes() {
    byte[] headBytes = head.getBytes(StandardCharsets.ISO_8859_1);
    byte[] bodyBytes = body.getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[headBytes.length + bodyBytes.length];
    System.arraycopy(headBytes, 0, all, 0, headBytes.length);
    System.arraycopy(bodyBytes, 0, all, headBytes.length, bodyBytes.length);
    return all;
  }

  static Request of(URI base, JsonNode step, Variables variables) throws MismatchException {
    String method = variables.text(step.path("method").asText());
    String target = variables.text(step.path("path").asText());
    if (step.has("query")) {
      target += "?" + encoded(variables.substitute(step.path("query")));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> header :
        variables.substitute(step.path("headers")).properties()) {
      headers.put(header.getKey(), header.getValue().asText());
    }
    String body = body(step, variables, headers);
    if (step.has("auth")) {
      byte[] credentials =
          variables.text(step.path("auth").asText()).getBytes(StandardCharsets.UTF_8);
      headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }
    if (body != null || ALWAYS_WITH_LENGTH.contains(method)) {
      int length = body == null ? 0 : body.getBytes(StandardCharsets.UTF_8).length;
      headers.put("Content-Length", Integer.toString(length));
    }
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(base.getHost()).append(':').append(base.getPort()).append("\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    return new Request(method, head.append("\r\n").toString(), body == null ? "" : body);
  }

  /** The body of the step, or null if it has none; sets the content type where it is implied. */
  private static @Nullable String body(
      JsonNode step, Variables variables, Map<String, String> headers) throws MismatchException {
    String body = null;
    if (step.has("form")) {
      body = encoded(variables.substitute(step.path("form")));
      headers.putIfAbsent("Content-Type", FORM);
    }
    if (step.has("body")) {
      JsonNode given = variables.substitute(step.path("body"));
      body = given.isContainerNode() ? given.toString() : given.asText();
      if (given.isContainerNode()) {
        headers.putIfAbsent("Content-Type", "application/json");
      }
    }
    if (step.has("body_repeat")) {
      JsonNode repeat = variables.substitute(step.path("body_repeat"));
      body =
          repeat.path("prefix").asText()
              + repeat.path("char").asText().repeat(repeat.path("count").asInt());
    }
    return body;
  }

  /** A raw string as it is, an object as a form. */
  private static String encoded(JsonNode parameters) {
    if (!parameters.isObject()) {
      return parameters.asText();
    }
    return parameters.properties().stream()
        .map(field -> List.of(field.getKey(), field.getValue().asText()))
        .map(pair -> pair.stream().map(Request::escaped).collect(Collectors.joining("=")))
        .collect(Collectors.joining("&"));
  }

  private static String escaped(String text) {
    // URLEncoder leaves '*' and escapes '~'; the scenarios were recorded the other way round.
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("*", "%2A").replace("%7E", "~");
  }
}
