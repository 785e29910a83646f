package dev.remora.server.api;

import dev.remora.server.api.v2.V2Settings;
import java.util.concurrent.CountDownLatch;

/** Serves the v2 API from memory, to try it by hand and to run scenarios against. */
final class V2Playground {
  private V2Playground() {}

  /** Runs until it is killed; the argument is the port. */
  public static void main(String[] arguments) throws InterruptedException {
    int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
    // Forms may be as large as etcd's here, so that its own scenarios fit.
    V2Settings settings = new V2Settings(1_000, 10_485_760, 7_000, 0);
    try (TestServer server = TestServer.start(port, settings)) {
      System.out.println("serving http://127.0.0.1:" + server.port());
      new CountDownLatch(1).await();
    }
  }
}
