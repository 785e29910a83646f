package dev.remora.torture.client;

/** What a client knows after a call. */
public sealed interface Outcome {
  /** The server has looked at the data and told the result; an error of v2 can be one. */
  record Answered(Reply reply) implements Outcome {}

  /** It is certain that nothing was done. */
  record NotDone(String why) implements Outcome {}

  /** It may have been done, may still be done later, or never. */
  record Unknown(String why) implements Outcome {}

  /**
   * The one table of what an answer means. In v2 a 4xx tells what was found, all else says only
   * that no result came back in time (etcd's codes 300 and 301). In v3 so do Unavailable,
   * DeadlineExceeded, Unknown and what else is HTTP's 5xx; the other codes are decided before
   * anything is proposed.
   */
  static Outcome of(Request request, Reply reply) {
    if (reply.isOk()) {
      return new Answered(reply);
    }
    String why = "%d %s".formatted(reply.status(), reply.body().strip());
    if (reply.status() / 100 != 4) {
      return new Unknown(why);
    }
    return switch (request) {
      case Request.Keys _ when isResult(reply.errorCode()) -> new Answered(reply);
      case Request.Keys _ -> new NotDone(why);
      case Request.V3 _ when reply.status() == 408 || reply.status() == 429 -> new Unknown(why);
      case Request.V3 _, Request.Members _ -> new NotDone(why);
    };
  }

  /** Codes 100 to 110 are found out by looking at the tree, so they are answers like any other. */
  private static boolean isResult(int errorCode) {
    return errorCode >= 100 && errorCode <= 110;
  }
}
