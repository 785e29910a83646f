package dev.remora.server.api;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The connections of one listener, and what each is waited for: its first request, the next one, or
 * the rest of a body. Who takes too long is closed. A request that is being answered, as a watch
 * is, may take for ever. For one event loop.
 */
final class Visits {
  /** From the connection, after its handshake if there is one, to the end of the first head. */
  static final Duration HEAD_MAX = Duration.ofSeconds(10);

  /** Between two parts of a body, as long as nothing was answered. */
  static final Duration BODY_MAX = Duration.ofSeconds(60);

  /** Without a request. */
  static final Duration IDLE_MAX = Duration.ofMinutes(10);

  /** How often all are looked at. */
  static final Duration LOOK = Duration.ofSeconds(2);

  /**
   * Requests of one connection are looked through for those that are over from so many on: with
   * HTTP/1.1 at each, so that none is held for longer than it takes.
   */
  private static final int SEVERAL = 1;

  private final Map<HttpConnection, Visit> visits = new HashMap<>();
  private final int most;
  private final ClientCounts counts;

  /**
   * Of nobody yet.
   *
   * @param most requests under way on one connection
   */
  Visits(int most, ClientCounts counts) {
    this.most = most;
    this.counts = counts;
  }

  private static final class Visit {
    private final List<Asking> asking = new ArrayList<>();
    private int manyAsking;
    private boolean hasAsked;
    private long sinceNanos;

    Visit(long sinceNanos, int manyAsking) {
      this.manyAsking = manyAsking;
      this.sinceNanos = sinceNanos;
    }
  }

  private static final class Asking {
    private final HttpServerRequest request;
    private long bodyBytes;
    private long sinceNanos;

    Asking(HttpServerRequest request, long sinceNanos) {
      this.request = request;
      this.sinceNanos = sinceNanos;
    }

    boolean isOver() {
      return request.response().closed() || (request.response().ended() && request.isEnded());
    }

    /** Whether the rest of its body, which nobody could answer without, does not come. */
    boolean isStuck(long nowNanos) {
      boolean isAnswering = request.response().headWritten() && !request.response().ended();
      if (request.isEnded() || isAnswering) {
        return false;
      }
      if (request.bytesRead() != bodyBytes) {
        bodyBytes = request.bytesRead();
        sinceNanos = nowNanos;
      }
      return nowNanos - sinceNanos > BODY_MAX.toNanos();
    }
  }

  /** A connection is there. */
  void begin(HttpConnection connection, long nowNanos) {
    visits.put(connection, new Visit(nowNanos, Math.min(SEVERAL, most)));
    counts.connected();
  }

  /** It is gone. */
  void end(HttpConnection connection) {
    Visit visit = visits.remove(connection);
    if (visit != null) {
      counts.gone();
      visit.asking.forEach(this::count);
    }
  }

  /**
   * The head of a request has come.
   *
   * @return false if its connection has as many under way as it may; Netty itself does not bound
   *     those of a client that never acknowledges its settings
   */
  boolean ask(HttpServerRequest request, long nowNanos) {
    Visit visit = visits.get(request.connection());
    if (visit == null) {
      return true;
    }
    visit.hasAsked = true;
    visit.sinceNanos = nowNanos;
    if (visit.asking.size() >= visit.manyAsking) {
      visit.asking.removeIf(this::isOver);
      if (visit.asking.size() >= most) {
        return false;
      }
      visit.manyAsking = Math.clamp(2L * visit.asking.size(), Math.min(SEVERAL, most), most);
    }
    visit.asking.add(new Asking(request, nowNanos));
    return true;
  }

  private boolean isOver(Asking asking) {
    boolean isOver = asking.isOver();
    if (isOver) {
      count(asking);
    }
    return isOver;
  }

  private void count(Asking asking) {
    if (asking.request.response().ended()) {
      counts.answered(asking.request.response().getStatusCode());
    }
  }

  /** How many there are. */
  int size() {
    return visits.size();
  }

  /** Closes those that take too long. */
  void look(long nowNanos) {
    List<HttpConnection> late = new ArrayList<>();
    visits.forEach((connection, visit) -> {
      if (isLate(visit, nowNanos)) {
        late.add(connection);
      }
    });
    late.forEach(HttpConnection::close);
  }

  private boolean isLate(Visit visit, long nowNanos) {
    boolean isStuck = false;
    boolean isAsking = false;
    for (Iterator<Asking> all = visit.asking.iterator(); all.hasNext(); ) {
      Asking asking = all.next();
      if (isOver(asking)) {
        all.remove();
      } else {
        isAsking = true;
        isStuck |= asking.isStuck(nowNanos);
      }
    }
    if (isAsking) {
      visit.sinceNanos = nowNanos;
      return isStuck;
    }
    Duration most = visit.hasAsked ? IDLE_MAX : HEAD_MAX;
    return nowNanos - visit.sinceNanos > most.toNanos();
  }
}
