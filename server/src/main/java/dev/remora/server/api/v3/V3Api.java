package dev.remora.server.api.v3;

import com.google.protobuf.Message;
import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.AuthSettings;
import dev.remora.server.api.Deadlines;
import dev.remora.server.api.Principals;
import dev.remora.server.api.WatchFeed;
import dev.remora.server.api.v3.proto.AlarmRequest;
import dev.remora.server.api.v3.proto.AuthDisableRequest;
import dev.remora.server.api.v3.proto.AuthEnableRequest;
import dev.remora.server.api.v3.proto.AuthRoleAddRequest;
import dev.remora.server.api.v3.proto.AuthRoleDeleteRequest;
import dev.remora.server.api.v3.proto.AuthRoleGetRequest;
import dev.remora.server.api.v3.proto.AuthRoleGrantPermissionRequest;
import dev.remora.server.api.v3.proto.AuthRoleListRequest;
import dev.remora.server.api.v3.proto.AuthRoleRevokePermissionRequest;
import dev.remora.server.api.v3.proto.AuthUserAddRequest;
import dev.remora.server.api.v3.proto.AuthUserChangePasswordRequest;
import dev.remora.server.api.v3.proto.AuthUserDeleteRequest;
import dev.remora.server.api.v3.proto.AuthUserGetRequest;
import dev.remora.server.api.v3.proto.AuthUserGrantRoleRequest;
import dev.remora.server.api.v3.proto.AuthUserListRequest;
import dev.remora.server.api.v3.proto.AuthUserRevokeRoleRequest;
import dev.remora.server.api.v3.proto.AuthenticateRequest;
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
import dev.remora.server.auth.Operation;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.SnapshotFiles;
import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

  /** Beginnings of what etcd 3.4 serves and we do not yet. */
  private static final List<String> UNSERVED = List.of("lock/", "election/");

  private final Context context;
  private final Door door;
  private final WatchFeed feed;
  private final V3Settings settings;
  private final Clocks clocks;
  private final Deadlines deadlines;
  private final Guard guard;
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
   * @param principals who requests come from
   * @param auth what can be set of that
   * @param random draws the ids of leases and the secret of the tokens; must not be guessable
   */
  public V3Api(
      Context context,
      Door door,
      WatchFeed feed,
      V3Settings settings,
      SnapshotFiles backups,
      Clocks clocks,
      Principals principals,
      AuthSettings auth,
      RandomGenerator random) {
    this.context = context;
    this.door = door;
    this.feed = feed;
    this.settings = settings;
    this.clocks = clocks;
    this.deadlines = new Deadlines(settings.requestTimeout().toNanos());
    context.owner().setPeriodic(EXPIRE_MILLIS, _ -> deadlines.expire(clocks.monotonicNanos()));
    this.guard = new Guard(door, principals);
    this.responses = new Responses(door.identity());
    Proposals proposals = new Proposals(door, settings.maxRequestBytes());
    addKv(new KvCalls(door, responses, proposals, settings));
    addLease(new LeaseCalls(door, responses, proposals, settings.minLeaseTtlSeconds(), random));
    addCluster(new ClusterCalls(door, responses, proposals, clocks));
    addMaintenance(new MaintenanceCalls(context, door, responses, proposals, settings));
    addAuth(new AuthCalls(door, responses, proposals, principals, auth, random));
    routes.put(
        "maintenance/snapshot",
        guard.of(
            List.of(new Operation.Administer()), new BackupRoute(context, door, backups, writer)));
    routes.put("watch", this::watch);
  }

  private void addKv(KvCalls kv) {
    addUnary("kv/range", RangeRequest.getDefaultInstance(), Rights::range, kv::range);
    addUnary("kv/put", PutRequest.getDefaultInstance(), Rights::put, kv::put);
    addUnary(
        "kv/deleterange",
        DeleteRangeRequest.getDefaultInstance(),
        Rights::deleteRange,
        kv::deleteRange);
    addUnary("kv/txn", TxnRequest.getDefaultInstance(), Rights::txn, kv::txn);
    addUnary("kv/compaction", CompactionRequest.getDefaultInstance(), Rights.root(), kv::compact);
  }

  private void addLease(LeaseCalls leases) {
    addUnary("lease/grant", LeaseGrantRequest.getDefaultInstance(), Rights.user(), leases::grant);
    for (String prefix : List.of("", "kv/")) {
      addUnary(
          prefix + "lease/revoke",
          LeaseRevokeRequest.getDefaultInstance(),
          (request, state) -> Rights.lease(request.getID(), state),
          leases::revoke);
      addUnary(
          prefix + "lease/timetolive",
          LeaseTimeToLiveRequest.getDefaultInstance(),
          Rights::timeToLive,
          leases::timeToLive);
      addUnary(
          prefix + "lease/leases",
          LeaseLeasesRequest.getDefaultInstance(),
          Rights::leases,
          leases::leases);
    }
    routes.put("lease/keepalive", request -> keepAlive(request, leases));
  }

  private void addMaintenance(MaintenanceCalls maintenance) {
    addUnary(
        "maintenance/status",
        StatusRequest.getDefaultInstance(),
        Rights.open(),
        maintenance::status);
    addHash(maintenance);
    addUnary(
        "maintenance/alarm", AlarmRequest.getDefaultInstance(), Rights.root(), maintenance::alarm);
    addUnary(
        "maintenance/defragment",
        DefragmentRequest.getDefaultInstance(),
        Rights.root(),
        maintenance::defragment);
    addUnary(
        "maintenance/transfer-leadership",
        MoveLeaderRequest.getDefaultInstance(),
        Rights.root(),
        maintenance::moveLeader);
  }

  private void addCluster(ClusterCalls cluster) {
    String prefix = "cluster/member/";
    addUnary(prefix + "list", MemberListRequest.getDefaultInstance(), Rights.user(), cluster::list);
    addUnary(prefix + "add", MemberAddRequest.getDefaultInstance(), Rights.root(), cluster::add);
    addUnary(
        prefix + "remove",
        MemberRemoveRequest.getDefaultInstance(),
        Rights.root(),
        cluster::remove);
    addUnary(
        prefix + "update",
        MemberUpdateRequest.getDefaultInstance(),
        Rights.root(),
        cluster::update);
    addUnary(
        prefix + "promote",
        MemberPromoteRequest.getDefaultInstance(),
        Rights.root(),
        cluster::promote);
  }

  /** It takes the longer the more keys there are, and is not waited for by anybody else. */
  private void addHash(MaintenanceCalls maintenance) {
    addUnary(
        "maintenance/hash",
        HashRequest.getDefaultInstance(),
        Rights.root(),
        maintenance::hash,
        new Deadlines(Long.MAX_VALUE));
  }

  private <Q extends Message> void addUnary(
      String name, Q prototype, Rights.Rule<Q> rule, UnaryRoute.Call<Q> call) {
    addUnary(name, prototype, rule, call, deadlines);
  }

  private <Q extends Message> void addUnary(
      String name, Q prototype, Rights.Rule<Q> rule, UnaryRoute.Call<Q> call, Deadlines until) {
    routes.put(
        name,
        new UnaryRoute<>(
            prototype, rule, call, guard, settings, writer, until, clocks::monotonicNanos));
  }

  private void addAuth(AuthCalls auth) {
    addUnary("auth/enable", AuthEnableRequest.getDefaultInstance(), Rights.root(), auth::enable);
    addUnary("auth/disable", AuthDisableRequest.getDefaultInstance(), Rights.root(), auth::disable);
    addUnary(
        "auth/authenticate",
        AuthenticateRequest.getDefaultInstance(),
        Rights.open(),
        auth::authenticate);
    String user = "auth/user/";
    addRoot(user + "add", AuthUserAddRequest.getDefaultInstance(), auth::userAdd);
    addUnary(user + "get", AuthUserGetRequest.getDefaultInstance(), Rights::userGet, auth::userGet);
    addRoot(user + "list", AuthUserListRequest.getDefaultInstance(), auth::userList);
    addRoot(user + "delete", AuthUserDeleteRequest.getDefaultInstance(), auth::userDelete);
    addRoot(
        user + "changepw",
        AuthUserChangePasswordRequest.getDefaultInstance(),
        auth::userChangePassword);
    addRoot(user + "grant", AuthUserGrantRoleRequest.getDefaultInstance(), auth::userGrant);
    addRoot(user + "revoke", AuthUserRevokeRoleRequest.getDefaultInstance(), auth::userRevoke);
    String role = "auth/role/";
    addRoot(role + "add", AuthRoleAddRequest.getDefaultInstance(), auth::roleAdd);
    addUnary(role + "get", AuthRoleGetRequest.getDefaultInstance(), Rights::roleGet, auth::roleGet);
    addRoot(role + "list", AuthRoleListRequest.getDefaultInstance(), auth::roleList);
    addRoot(role + "delete", AuthRoleDeleteRequest.getDefaultInstance(), auth::roleDelete);
    addRoot(role + "grant", AuthRoleGrantPermissionRequest.getDefaultInstance(), auth::roleGrant);
    addRoot(
        role + "revoke", AuthRoleRevokePermissionRequest.getDefaultInstance(), auth::roleRevoke);
  }

  private <Q extends Message> void addRoot(String name, Q prototype, UnaryRoute.Call<Q> call) {
    addUnary(name, prototype, Rights.root(), call);
  }

  /** The names of all calls, for a test that makes each of them. */
  Set<String> names() {
    return new TreeSet<>(routes.keySet());
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
    boolean isUnserved = route == null && UNSERVED.stream().anyMatch(name::startsWith);
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

  private void watch(HttpServerRequest request) {
    new MessageStream<>(
        request,
        WatchRequest.getDefaultInstance(),
        settings,
        writer,
        stream ->
            new WatchStream(
                context.owner(), door, feed, responses, settings, request, guard, stream));
  }

  private void keepAlive(HttpServerRequest request, LeaseCalls leases) {
    new MessageStream<>(
        request,
        LeaseKeepAliveRequest.getDefaultInstance(),
        settings,
        writer,
        stream -> new KeepAliveStream(leases, request, guard, stream));
  }
}
