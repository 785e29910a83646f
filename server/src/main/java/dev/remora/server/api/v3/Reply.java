package dev.remora.server.api.v3;

import com.google.protobuf.Message;

/** What a call answers. */
sealed interface Reply {
  /** Its response. */
  record Done(Message message) implements Reply {}

  /** It is refused. */
  record Refused(ApiError error) implements Reply {}
}
