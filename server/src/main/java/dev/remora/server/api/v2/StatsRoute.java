package dev.remora.server.api.v2;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.Replies;
import dev.remora.server.api.RequestTarget;
import dev.remora.server.apply.Member;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.replica.AppendCounters;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.Identity;
import dev.remora.server.replica.Leadership;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** {@code /v2/stats}: one for an event loop. */
public final class StatsRoute implements ApiRoute {
  private static final String SELF = "/v2/stats/self";
  private static final String LEADER = "/v2/stats/leader";
  private static final String STORE = "/v2/stats/store";

  private final Door door;
  private final Statistics statistics;
  private final Clocks clocks;
  private final Replies replies;

  /** The route, with the door of its loop. */
  public StatsRoute(Door door, Statistics statistics, Clocks clocks, Replies replies) {
    this.door = door;
    this.statistics = statistics;
    this.clocks = clocks;
    this.replies = replies;
  }

  @Override
  public boolean serves(String path) {
    return path.equals(SELF) || path.equals(LEADER) || path.equals(STORE);
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (!(RequestTarget.of(request.uri()) instanceof RequestTarget.Good(String path, _))) {
      throw new IllegalStateException("a request came whose path is not clean");
    }
    if (!request.method().name().equals("GET")) {
      replies.notAllowed(request, "GET");
      return;
    }
    request.response().putHeader("Content-Type", "application/json");
    switch (path) {
      case SELF -> replies.end(request, 200, self());
      case STORE -> replies.end(request, 200, store());
      default -> leader(request);
    }
  }

  private String self() {
    Identity identity = door.identity();
    long leader = door.leadership().leader();
    boolean isLeader = leader == identity.member();
    long ledSince = statistics.ledSince(leader, clocks.wallNanos());
    StringBuilder json = new StringBuilder("{\"name\":");
    json.append(string(identity.name()));
    json.append(",\"id\":").append(string(hex(identity.member())));
    json.append(",\"state\":").append(isLeader ? "\"StateLeader\"" : "\"StateFollower\"");
    json.append(",\"startTime\":").append(string(time(statistics.startNanos())));
    json.append(",\"leaderInfo\":{\"leader\":").append(string(leader == 0 ? "" : hex(leader)));
    json.append(",\"uptime\":").append(string(duration(clocks.wallNanos() - ledSince)));
    json.append(",\"startTime\":").append(string(time(ledSince)));
    json.append("},\"recvAppendRequestCnt\":").append(statistics.appends().received());
    json.append(",\"sendAppendRequestCnt\":").append(statistics.appends().sent());
    return json.append('}').toString();
  }

  private void leader(HttpServerRequest request) {
    Leadership leadership = door.leadership();
    if (leadership.leader() != door.identity().member()) {
      replies.end(request, 403, "{\"message\":\"not current leader\"}");
      return;
    }
    StringBuilder json = new StringBuilder("{\"leader\":");
    json.append(string(hex(leadership.leader()))).append(",\"followers\":{");
    List<Member> followers =
        door.state().members().list().stream()
            .filter(member -> member.id() != leadership.leader())
            .toList();
    for (int i = 0; i < followers.size(); i++) {
      long id = followers.get(i).id();
      json.append(i == 0 ? "" : ",").append(string(hex(id))).append(':');
      append(json, statistics.appends().latency(id));
    }
    replies.end(request, 200, json.append("}}").toString());
  }

  private static void append(StringBuilder json, AppendCounters.Latency latency) {
    json.append("{\"latency\":{\"current\":").append(number(latency.current()));
    json.append(",\"average\":").append(number(latency.average()));
    json.append(",\"standardDeviation\":").append(number(latency.standardDeviation()));
    json.append(",\"minimum\":").append(number(latency.minimum()));
    json.append(",\"maximum\":").append(number(latency.maximum()));
    json.append("},\"counts\":{\"fail\":").append(latency.failed());
    json.append(",\"success\":").append(latency.succeeded()).append("}}");
  }

  private String store() {
    StoreCounters counters = statistics.store();
    StringBuilder json = new StringBuilder();
    count(json, "getsSuccess", counters.getsSuccess);
    count(json, "getsFail", counters.getsFail);
    count(json, "setsSuccess", counters.setsSuccess);
    count(json, "setsFail", counters.setsFail);
    count(json, "deleteSuccess", counters.deleteSuccess);
    count(json, "deleteFail", counters.deleteFail);
    count(json, "updateSuccess", counters.updateSuccess);
    count(json, "updateFail", counters.updateFail);
    count(json, "createSuccess", counters.createSuccess);
    count(json, "createFail", counters.createFail);
    count(json, "compareAndSwapSuccess", counters.compareAndSwapSuccess);
    count(json, "compareAndSwapFail", counters.compareAndSwapFail);
    count(json, "compareAndDeleteSuccess", counters.compareAndDeleteSuccess);
    count(json, "compareAndDeleteFail", counters.compareAndDeleteFail);
    count(json, "expireCount", counters.expireCount);
    count(json, "watchers", counters.watchers);
    return json.append('}').toString();
  }

  private static void count(StringBuilder json, String name, LongAdder counter) {
    json.append(json.isEmpty() ? "{\"" : ",\"").append(name).append("\":").append(counter.sum());
  }

  private static String string(String text) {
    JsonWriter json = new JsonWriter();
    return json.string(Bytes.utf8(text)).take().toString(StandardCharsets.UTF_8);
  }

  /** As Go writes a number; that of no minimum yet is as large as there are. */
  private static String number(double number) {
    boolean isWhole = number == Math.rint(number);
    if (number >= Long.MAX_VALUE) {
      return "9223372036854776000";
    }
    return isWhole ? Long.toString((long) number) : String.format(Locale.ROOT, "%.6f", number);
  }

  private static String hex(long id) {
    return Long.toHexString(id);
  }

  private static String time(long wallNanos) {
    Instant instant = Instant.ofEpochSecond(0, wallNanos);
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atZone(ZoneId.systemDefault()));
  }

  /** As Go writes a duration. */
  static String duration(long nanos) {
    long rest = Math.max(0, nanos);
    if (rest < 1_000) {
      return rest + "ns";
    }
    if (rest < 1_000_000) {
      return decimal(rest, 1_000) + "µs";
    }
    if (rest < 1_000_000_000) {
      return decimal(rest, 1_000_000) + "ms";
    }
    long minutes = rest / 60_000_000_000L;
    String seconds = decimal(rest % 60_000_000_000L, 1_000_000_000) + "s";
    if (minutes == 0) {
      return seconds;
    }
    return minutes < 60
        ? minutes + "m" + seconds
        : minutes / 60 + "h" + minutes % 60 + "m" + seconds;
  }

  private static String decimal(long nanos, long unit) {
    String digits = Long.toString(nanos % unit + unit).substring(1).replaceAll("0+$", "");
    return nanos / unit + (digits.isEmpty() ? "" : "." + digits);
  }
}
