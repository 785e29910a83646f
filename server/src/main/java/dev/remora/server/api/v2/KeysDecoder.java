package dev.remora.server.api.v2;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.TreeWrite;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns the parameters of one request into what it asks for. They are read in etcd's order, and the
 * first that is invalid is the one reported.
 */
final class KeysDecoder {
  private static final long NANOS_A_SECOND = 1_000_000_000;

  private final HttpMethod method;
  private final Bytes path;
  private final Form form;
  private final long wallNanos;
  private @Nullable KeysError error;

  private KeysDecoder(HttpMethod method, Bytes path, Form form, long wallNanos) {
    this.method = method;
    this.path = path;
    this.form = form;
    this.wallNanos = wallNanos;
  }

  /**
   * Decodes a request.
   *
   * @param method one that {@code /v2/keys} takes
   * @param path the root, or a path of the store
   * @param wallNanos now, from which a TTL counts
   */
  static KeysRequest decode(HttpMethod method, Bytes path, Form form, long wallNanos) {
    if (!form.error().isEmpty()) {
      return new KeysRequest.Invalid(KeysError.before(KeysError.Code.INVALID_FORM, form.error()));
    }
    return new KeysDecoder(method, path, form, wallNanos).decode();
  }

  /** Whether all below the path is meant too; of a request that is valid. */
  static boolean isRecursive(Form form) {
    Bytes value = form.value(Parameter.RECURSIVE);
    return value != null && flag(value) > 0;
  }

  private KeysRequest decode() {
    long prevIndex = index(Parameter.PREV_INDEX);
    long waitIndex = index(Parameter.WAIT_INDEX);
    boolean isRecursive = flag(Parameter.RECURSIVE);
    flag(Parameter.SORTED);
    boolean isWaiting = flag(Parameter.WAIT);
    boolean isDirectory = flag(Parameter.DIR);
    boolean isQuorum = flag(Parameter.QUORUM);
    boolean isStream = flag(Parameter.STREAM);
    if (isWaiting && !method.equals(HttpMethod.GET)) {
      refuse(KeysError.Code.INVALID_FIELD, "\"wait\" can only be used with GET requests");
    }
    Bytes prevValue = text(Parameter.PREV_VALUE);
    if (form.value(Parameter.PREV_VALUE) != null && prevValue.isEmpty()) {
      refuse(KeysError.Code.PREV_VALUE_REQUIRED, "\"prevValue\" cannot be empty");
    }
    boolean isQuiet = flag(Parameter.NO_VALUE_ON_SUCCESS);
    long expiration = expiration();
    Optional<Boolean> prevExist = flagIfGiven(Parameter.PREV_EXIST);
    boolean isRefresh = refresh();
    if (error != null) {
      return new KeysRequest.Invalid(error);
    }
    Change change =
        new Change(text(Parameter.VALUE), isDirectory, expiration, prevValue, prevIndex, isRefresh);
    return switch (method.name()) {
      case "PUT" -> new KeysRequest.Write(put(change, prevExist), isQuiet);
      case "POST" ->
          new KeysRequest.Write(
              new TreeWrite.CreateInOrder(path, change.value, isDirectory, expiration), isQuiet);
      case "DELETE" -> new KeysRequest.Write(delete(change, isRecursive), false);
      case "GET" ->
          isWaiting && !isQuorum
              ? new KeysRequest.Watch(path, isRecursive, isStream, waitIndex)
              : new KeysRequest.Read(path, isRecursive, isQuorum);
      case "HEAD" -> new KeysRequest.Read(path, isRecursive, false);
      default -> throw new IllegalStateException("method " + method + " came to the decoder");
    };
  }

  /** What a write says beside its path. */
  private record Change(
      Bytes value,
      boolean isDirectory,
      long expiration,
      Bytes prevValue,
      long prevIndex,
      boolean isRefresh) {
    boolean isConditional() {
      return prevIndex != 0 || !prevValue.isEmpty();
    }
  }

  private TreeWrite put(Change change, Optional<Boolean> prevExist) {
    if (prevExist.isPresent() && !prevExist.get()) {
      return new TreeWrite.Create(path, change.value, change.isDirectory, change.expiration);
    }
    if (change.isConditional()) {
      return new TreeWrite.CompareAndSwap(
          path,
          change.value,
          change.prevValue,
          change.prevIndex,
          change.expiration,
          change.isRefresh);
    }
    return prevExist.isPresent()
        ? new TreeWrite.Update(path, change.value, change.expiration, change.isRefresh)
        : new TreeWrite.Set(
            path, change.value, change.isDirectory, change.expiration, change.isRefresh);
  }

  private TreeWrite delete(Change change, boolean isRecursive) {
    return change.isConditional()
        ? new TreeWrite.CompareAndDelete(path, change.prevValue, change.prevIndex)
        : new TreeWrite.Delete(path, change.isDirectory, isRecursive);
  }

  private Bytes text(Parameter parameter) {
    Bytes value = form.value(parameter);
    return value == null ? Bytes.EMPTY : value;
  }

  private long index(Parameter parameter) {
    Bytes value = form.value(parameter);
    if (value == null) {
      return 0;
    }
    if (!isUnsigned(value)) {
      refuse(KeysError.Code.INDEX_NOT_A_NUMBER, invalid(parameter));
      return 0;
    }
    return unsigned(value);
  }

  private boolean flag(Parameter parameter) {
    Bytes value = form.value(parameter);
    if (value == null) {
      return false;
    }
    int flag = flag(value);
    if (flag < 0) {
      refuse(KeysError.Code.INVALID_FIELD, invalid(parameter));
    }
    return flag > 0;
  }

  private Optional<Boolean> flagIfGiven(Parameter parameter) {
    Bytes value = form.value(parameter);
    if (value == null) {
      return Optional.empty();
    }
    int flag = flag(value);
    if (flag < 0) {
      // etcd quotes the names of the other parameters, but not of these.
      refuse(KeysError.Code.INVALID_FIELD, "invalid value for " + parameter.word());
    }
    return Optional.of(flag > 0);
  }

  private boolean refresh() {
    boolean isRefresh = flagIfGiven(Parameter.REFRESH).orElse(false);
    if (isRefresh && !text(Parameter.VALUE).isEmpty()) {
      refuse(KeysError.Code.REFRESH_VALUE, "A value was provided on a refresh");
    }
    if (isRefresh && text(Parameter.TTL).isEmpty()) {
      refuse(KeysError.Code.REFRESH_TTL_REQUIRED, "No TTL value set");
    }
    return isRefresh;
  }

  /** Counts in nanoseconds that wrap around, as etcd does; 0 is then no TTL at all. */
  private long expiration() {
    Bytes value = text(Parameter.TTL);
    if (value.isEmpty()) {
      return Version.PERMANENT;
    }
    if (!isUnsigned(value)) {
      refuse(KeysError.Code.TTL_NOT_A_NUMBER, invalid(Parameter.TTL));
      return Version.PERMANENT;
    }
    long expiration = wallNanos + unsigned(value) * NANOS_A_SECOND;
    return expiration == 0 ? Version.PERMANENT : expiration;
  }

  private void refuse(KeysError.Code code, String cause) {
    if (error == null) {
      error = KeysError.before(code, cause);
    }
  }

  private static String invalid(Parameter parameter) {
    return "invalid value for \"" + parameter.word() + "\"";
  }

  /** 1 for true, 0 for false, -1 for neither: the words of Go's ParseBool. */
  private static int flag(Bytes value) {
    return switch (ascii(value)) {
      case "1", "t", "T", "true", "TRUE", "True" -> 1;
      case "0", "f", "F", "false", "FALSE", "False" -> 0;
      default -> -1;
    };
  }

  private static boolean isUnsigned(Bytes value) {
    for (byte digit : value.array()) {
      if (digit < '0' || digit > '9') {
        return false;
      }
    }
    if (value.isEmpty()) {
      return false;
    }
    try {
      unsigned(value);
      return true;
    } catch (NumberFormatException _) {
      return false;
    }
  }

  private static long unsigned(Bytes digits) {
    return Long.parseUnsignedLong(ascii(digits));
  }

  private static String ascii(Bytes value) {
    return new String(value.array(), StandardCharsets.ISO_8859_1);
  }
}
