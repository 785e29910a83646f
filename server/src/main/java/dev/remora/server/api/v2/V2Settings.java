package dev.remora.server.api.v2;

/**
 * What can be set of the v2 API.
 *
 * @param historyWindow how many of the newest revisions a watch may begin in; etcd's is 1000
 * @param requestBytesMax most bytes of a form; more is refused with code 210
 * @param timeoutMillis how long a proposal or linearizable read may take before the client is told
 *     so; etcd's is 5 s and two election timeouts
 * @param keysPerRange most nodes that one listing answers with; 0 for any number
 */
public record V2Settings(
    long historyWindow, int requestBytesMax, long timeoutMillis, long keysPerRange) {
  public V2Settings {
    if (historyWindow < 1 || requestBytesMax < 1 || timeoutMillis < 1) {
      throw new IllegalArgumentException(
          "historyWindow, requestBytesMax and timeoutMillis must be at least 1");
    }
  }

  /** The defaults. */
  public static V2Settings defaults() {
    return new V2Settings(1_000, 1_572_864, 7_000, 0);
  }
}
