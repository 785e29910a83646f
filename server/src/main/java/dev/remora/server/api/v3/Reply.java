package dev.remora.server.api.v3;

import com.google.protobuf.Message;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a call answers. */
sealed interface Reply {
  /** Its response. */
  record Done(Message message) implements Reply {}

  /** It is refused. */
  record Refused(ApiError error) implements Reply {}

  /**
   * Makes a reply where nobody would see it fail: in a call-back of the replica's. A failure is a
   * bug, of which the client is told no more than that.
   */
  static Reply of(Supplier<Reply> maker) {
    try {
      return maker.get();
    } catch (RuntimeException e) {
      Logger log = LoggerFactory.getLogger(Reply.class);
      log.error("a reply could not be made", e);
      return new Refused(ApiError.INTERNAL);
    }
  }
}
