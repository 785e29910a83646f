package dev.remora.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class InstanceTest {
  @Test
  void anInstanceIsWrittenAsItsReadersExpect() {
    Instance instance =
        new Instance(
            "web",
            "web-1",
            "10.0.0.1",
            8080,
            List.of("v1", "a\"b\\c\n\u0001"),
            Map.of("version", "1.2", "arch", "x"),
            2,
            1,
            Instance.Status.PASSING,
            "node-1",
            "");

    OwnRecord record = instance.record("/prod");

    assertThat(record)
        .isEqualTo(
            new OwnRecord(
                "/prod/services/web/web-1",
                "{\"id\":\"web-1\",\"name\":\"web\",\"address\":\"10.0.0.1\",\"port\":8080,"
                    + "\"tags\":[\"v1\",\"a\\\"b\\\\c\\n\\u0001\"],"
                    + "\"meta\":{\"arch\":\"x\",\"version\":\"1.2\"},"
                    + "\"weights\":{\"passing\":2,\"warning\":1},\"status\":\"passing\","
                    + "\"node\":\"node-1\",\"zone\":\"\"}"));
  }

  @Test
  void theAgentItselfIsARecordBelowNodes() {
    assertThat(OwnRecord.ofNode("", "node-1", "10.0.0.1", "0.1"))
        .isEqualTo(
            new OwnRecord(
                "/nodes/node-1",
                "{\"node\":\"node-1\",\"address\":\"10.0.0.1\",\"version\":\"0.1\"}"));
  }
}
