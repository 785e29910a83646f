package dev.remora.torture.check;

import dev.remora.server.linearizable.Revisioned;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.watch.Change;
import java.util.List;
import java.util.Optional;

/** How answers of one door are read, and what one copy of the data would have answered. */
interface Door {
  /** An answer as text that can be compared, and where it stands; empty if it has no place. */
  Optional<Revisioned<String>> answer(Request request, Reply reply);

  /** Whether a change may be the work of this request. */
  boolean mayCause(Request request, Change change);

  /** Whether a change may be the work of time. */
  boolean mayExpire(Change change);

  /** Does it to the one copy, which it changes, and gives its answer. */
  String replay(StoreInput input);

  /** The request's marks in the log: values that only it could have written. */
  List<String> values(Request request);
}
