package dev.remora.server.api.v3;

import com.google.protobuf.Message;
import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.Deadlines;
import dev.remora.server.api.WatchFeed;
import dev.remora.server.api.v3.proto.AlarmRequest;
import dev.remora.server.api.v3.proto.CompactionRequest;
import dev.remora.server.api.v3.proto.DefragmentRequest;
import dev.remora.server.api.v3.proto.DeleteRangeRequest;
import dev.remora.server.api.v3.proto.HashRequest;
import dev.remora.server.api.v3.proto.LeaseGrantRequest;
import dev.remora.server.api.v3.proto.LeaseKeepAliveRequest;
import dev.remora.server.api.v3.proto.LeaseLeasesRequest;
import dev.remora.server.api.v3.proto.LeaseRevokeRequest;
import dev.remora.server.api.v3.proto.LeaseTimeToLiveRequest;
import dev.remora.server.api.v3.proto.MemberAddRequest;
import dev.remora.server.api.v3.proto.MemberListRequest;
import dev.remora.server.api.v3.proto.MemberPromoteRequest;
import dev.remora.server.api.v3.proto.MemberRemoveRequest;
import dev.remora.server.api.v3.proto.MemberUpdateRequest;
import dev.remora.server.api.v3.proto.MoveLeaderRequest;
import dev.remora.server.api.v3.proto.PutRequest;
import dev.remora.server.api.v3.proto.RangeRequest;
import dev.remora.server.api.v3.proto.StatusRequest;
import dev.remora.server.api.v3.proto.TxnRequest;
import dev.remora.server.api.v3.proto.WatchRequest;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.SnapshotFiles;
import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * etcd's v3 API as JSON over HTTP, under {@code /v3} and, as etcd 3.4 has it, {@code /v3beta}.
 *
 * <p>One for each event loop, to be used there only.
 */
public final class V3Api implements ApiRoute {
  /** How often waiting requests are looked at for their timeout. */
  private static final long EXPIRE_MILLIS = 100;

  private static final List<String> PREFIXES = List.of("/v3/", "/v3beta/");

  /** What etcd 3.4 serves and we do not yet; a final slash stands for all below. */
  private static final List<String> UNSERVED =
      List.of(
          "auth/authenticate",
          "auth/disable",
          "auth/enable",
          "auth/role/",
          "auth/user/",
          "lock/",
          "election/");

  private final Context context;
  private final Door door;
  private final WatchFeed feed;
  private final V3Settings settings;
  private final Clocks clocks;
  private final Deadlines deadlines;
  private final MessageWriter writer = new MessageWriter();
  private final Responses responses;
  private final Map<String, Route> routes = new HashMap<>();

  /**
   * The v3 door of one event loop.
   *
   * @param context the event loop's
   * @param feed the watchers of that loop
   * @param backups where a backup is written before it is sent
   * @param clocks whose monotonic one ends what waits too long
   * @param random draws the ids of leases; must not be guessable
   */
  public V3Api(
      Context context,
      Door door,
      WatchFeed feed,
      V3Settings settings,
      SnapshotFiles backups,
      Clocks clocks,
      RandomGenerator random) {
    this.context = context;
    this.door = door;
    this.feed = feed;
    this.settings = settings;
    this.clocks = clocks;
    this.deadlines = new Deadlines(settings.requestTimeout().toNanos());
    context.owner().setPeriodic(EXPIRE_MILLIS, _ -> deadlines.expire(clocks.monotonicNanos()));
    this.responses = new Responses(door.identity());
    Proposals proposals = new Proposals(door, settings.maxRequestBytes());
    addKv(new KvCalls(door, responses, proposals, settings));
    addLease(new LeaseCalls(door, responses, proposals, settings.minLeaseTtlSeconds(), random));
    addCluster(new ClusterCalls(door, responses, proposals, clocks));
    addMaintenance(new MaintenanceCalls(context, door, responses, proposals, settings));
    routes.put("maintenance/snapshot", new BackupRoute(context, door, backups, writer));
    routes.put("watch", this::watch);
  }

  private void addKv(KvCalls kv) {
    addUnary("kv/range", RangeRequest.getDefaultInstance(), kv::range);
    addUnary("kv/put", PutRequest.getDefaultInstance(), kv::put);
    addUnary("kv/deleterange", DeleteRangeRequest.getDefaultInstance(), kv::deleteRange);
    addUnary("kv/txn", TxnRequest.getDefaultInstance(), kv::txn);
    addUnary("kv/compaction", CompactionRequest.getDefaultInstance(), kv::compact);
  }

  private void addLease(LeaseCalls leases) {
    addUnary("lease/grant", LeaseGrantRequest.getDefaultInstance(), leases::grant);
    for (String prefix : List.of("", "kv/")) {
      addUnary(prefix + "lease/revoke", LeaseRevokeRequest.getDefaultInstance(), leases::revoke);
      addUnary(
          prefix + "lease/timetolive",
          LeaseTimeToLiveRequest.getDefaultInstance(),
          leases::timeToLive);
      addUnary(prefix + "lease/leases", LeaseLeasesRequest.getDefaultInstance(), leases::leases);
    }
    routes.put("lease/keepalive", request -> keepAlive(request, leases));
  }

  private void addMaintenance(MaintenanceCalls maintenance) {
    addUnary("maintenance/status", StatusRequest.getDefaultInstance(), maintenance::status);
    addHash(maintenance);
    addUnary("maintenance/alarm", AlarmRequest.getDefaultInstance(), maintenance::alarm);
    addUnary(
        "maintenance/defragment", DefragmentRequest.getDefaultInstance(), maintenance::defragment);
    addUnary(
        "maintenance/transfer-leadership",
        MoveLeaderRequest.getDefaultInstance(),
        maintenance::moveLeader);
  }

  private void addCluster(ClusterCalls cluster) {
    String prefix = "cluster/member/";
    addUnary(prefix + "list", MemberListRequest.getDefaultInstance(), cluster::list);
    addUnary(prefix + "add", MemberAddRequest.getDefaultInstance(), cluster::add);
    addUnary(prefix + "remove", MemberRemoveRequest.getDefaultInstance(), cluster::remove);
    addUnary(prefix + "update", MemberUpdateRequest.getDefaultInstance(), cluster::update);
    addUnary(prefix + "promote", MemberPromoteRequest.getDefaultInstance(), cluster::promote);
  }

  /** It takes the longer the more keys there are, and is not waited for by anybody else. */
  private void addHash(MaintenanceCalls maintenance) {
    addUnary(
        "maintenance/hash",
        HashRequest.getDefaultInstance(),
        maintenance::hash,
        new Deadlines(Long.MAX_VALUE));
  }

  private <Q extends Message> void addUnary(
      String name, Q prototype, BiConsumer<Q, Consumer<Reply>> call) {
    addUnary(name, prototype, call, deadlines);
  }

  private <Q extends Message> void addUnary(
      String name, Q prototype, BiConsumer<Q, Consumer<Reply>> call, Deadlines until) {
    routes.put(
        name, new UnaryRoute<>(prototype, call, settings, writer, until, clocks::monotonicNanos));
  }

  @Override
  public boolean serves(String path) {
    return PREFIXES.stream().anyMatch(path::startsWith);
  }

  @Override
  public void handle(HttpServerRequest request) {
    String path = request.path();
    String name = path == null ? "" : name(path);
    Route route = routes.get(name);
    boolean isUnserved = route == null && UNSERVED.stream().anyMatch(known -> covers(known, name));
    if (route == null && !isUnserved) {
      HttpErrors.ofHttp(request.response(), 404, "Not Found");
    } else if (!request.method().equals(HttpMethod.POST)) {
      HttpErrors.ofHttp(request.response(), 405, "Method Not Allowed");
    } else if (route == null) {
      HttpErrors.ofCall(request.response(), ApiError.unsupported(name));
    } else {
      route.handle(request);
    }
  }

  private static String name(String path) {
    return PREFIXES.stream()
        .filter(path::startsWith)
        .findFirst()
        .map(prefix -> path.substring(prefix.length()))
        .orElse("");
  }

  private static boolean covers(String unserved, String name) {
    return unserved.endsWith("/") ? name.startsWith(unserved) : name.equals(unserved);
  }

  private void watch(HttpServerRequest request) {
    new MessageStream<>(
        request,
        WatchRequest.getDefaultInstance(),
        settings,
        writer,
        stream -> new WatchStream(context.owner(), door, feed, responses, settings, stream));
  }

  private void keepAlive(HttpServerRequest request, LeaseCalls leases) {
    new MessageStream<>(
        request,
        LeaseKeepAliveRequest.getDefaultInstance(),
        settings,
        writer,
        stream -> new KeepAliveStream(leases, stream));
  }
}
