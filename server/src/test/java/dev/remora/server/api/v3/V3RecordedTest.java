package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** We answer what etcd 3.4.23 was recorded to answer, byte for byte. */
final class V3RecordedTest {
  private static final V3Server SERVER = V3Server.start();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @TestFactory
  Stream<DynamicTest> answersAsEtcd() {
    JsonClient client = new JsonClient(SERVER.url());

    return Recording.read().stream()
        .map(exchange ->
            DynamicTest.dynamicTest(
                exchange.request(),
                () -> {
                  List<String> answer = exchange.ask(client);

                  assertThat(answer).as(exchange.request()).isEqualTo(exchange.answer());
                }));
  }
}
