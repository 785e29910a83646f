package dev.remora.agent.local;

import dev.remora.agent.render.GroupState;
import dev.remora.agent.runner.Agent;
import dev.remora.agent.runner.GroupStatus;
import dev.remora.agent.runner.ServiceState;
import dev.remora.agent.service.Health;
import dev.remora.agent.service.Instance;
import dev.remora.agent.service.Probe;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;

/** What the agent knows of itself, as JSON. */
final class Views {
  private Views() {}

  static JsonObject status(Agent.Status status, String version) {
    return new JsonObject()
        .put("node", status.node())
        .put("version", version)
        .put("ready", status.isReady())
        .put("started", status.isStarted())
        .put("registered", status.isRegistered())
        .put("lease", Long.toHexString(status.lease()))
        .put("revision", status.revision())
        .put("ageSeconds", status.ageSeconds())
        .put("trouble", status.trouble())
        .put("services", status.services())
        .put("groups", status.groups())
        .put("watches", status.watches());
  }

  static JsonObject service(ServiceState service) {
    Instance instance = service.instance();
    JsonArray checks = new JsonArray();
    for (int i = 0; i < service.checks().size(); i++) {
      checks.add(check(service.checks().get(i), checkId(service, i)));
    }
    return new JsonObject()
        .put("id", instance.id())
        .put("name", instance.name())
        .put("address", instance.address())
        .put("port", instance.port())
        .put("status", instance.status().text())
        .put("reason", service.reason())
        .put("registered", service.isRegistered())
        .put("source", service.isLocal() ? "api" : "configuration")
        .put("checks", checks);
  }

  private static String checkId(ServiceState service, int place) {
    String only = "service:" + service.instance().id();
    return service.checks().size() == 1 ? only : only + ":" + (place + 1);
  }

  private static JsonObject check(Health.CheckState check, String id) {
    return new JsonObject()
        .put("id", id)
        .put("kind", kind(check.spec().probe()))
        .put("status", check.status().text())
        .put("reason", check.reason());
  }

  private static String kind(Probe probe) {
    return switch (probe) {
      case Probe.Http _ -> "http";
      case Probe.Tcp _ -> "tcp";
      case Probe.Grpc _ -> "grpc";
      case Probe.Command _ -> "command";
      case Probe.Ttl _ -> "ttl";
      case Probe.Alias _ -> "alias";
    };
  }

  static JsonObject group(GroupStatus group) {
    JsonObject view =
        new JsonObject()
            .put("name", group.name())
            .put("inPlace", group.isInPlace())
            .put("files", new JsonArray(group.files().stream().map(Path::toString).toList()))
            .put("revision", group.revision())
            .put("error", group.trouble())
            .put("held", new JsonArray(group.held()))
            .put("backups", group.backups());
    group.state().ifPresent(state -> view.put("state", state(state)).put("reason", reason(state)));
    group.reloadsLeft().ifPresent(left -> view.put("reloadsLeft", left));
    group
        .hashes()
        .ifPresent(ledger ->
            view.put(
                "hashes",
                new JsonObject()
                    .put("desired", ledger.desired())
                    .put("written", ledger.written())
                    .put("acknowledged", ledger.acknowledged())
                    .put("quarantined", ledger.quarantined())));
    group.hashes().ifPresent(ledger -> view.put("reloadOwed", ledger.isReloadOwed()));
    group.nextAttemptMillis().ifPresent(millis -> view.put("nextAttemptMillis", millis));
    return view;
  }

  /** A group with what it was rendered of, and what has changed of that. */
  static JsonObject explained(GroupStatus group) {
    JsonArray uses = new JsonArray();
    for (GroupStatus.Use use : group.uses()) {
      uses.add(
          new JsonObject()
              .put("range", use.range())
              .put("keys", use.keys())
              .put("revision", use.revision()));
    }
    JsonArray changes = new JsonArray();
    for (GroupStatus.Changed change : group.changes()) {
      changes.add(
          new JsonObject()
              .put("key", change.key())
              .put("revision", change.revision())
              .put("type", change.isDeleted() ? "delete" : "put"));
    }
    return group(group)
        .put("uses", uses)
        .put("changes", changes)
        .put("renderedFor", group.reason());
  }

  /** Why a group is where it is; empty where that needs no reason. */
  private static String reason(GroupState state) {
    return switch (state) {
      case GroupState.Waiting(String why) -> why;
      case GroupState.Failed(String why) -> why;
      case GroupState.Quarantined(_, String why) -> why;
      case GroupState.Retrying(String why, _, _) -> why;
      case GroupState.Held _ -> "more changes may come";
      case GroupState.Throttled _ -> "max_reloads changes went out lately";
      case GroupState.Frozen _ -> "freeze_key is set";
      case GroupState.Rendering _,
          GroupState.Checking _,
          GroupState.Writing _,
          GroupState.Reloading _,
          GroupState.Verifying _,
          GroupState.Returning _,
          GroupState.InSync _ ->
          "";
    };
  }

  private static String state(GroupState state) {
    return switch (state) {
      case GroupState.Waiting _ -> "waiting";
      case GroupState.Held _ -> "settling";
      case GroupState.Rendering _ -> "rendering";
      case GroupState.Checking _ -> "checking";
      case GroupState.Writing _ -> "writing";
      case GroupState.Reloading _ -> "reloading";
      case GroupState.Retrying(_, boolean isReloadOwed, _) ->
          isReloadOwed ? "reload owed" : "retrying";
      case GroupState.Throttled _ -> "throttled";
      case GroupState.Frozen _ -> "frozen";
      case GroupState.Verifying _ -> "verifying";
      case GroupState.Returning _ -> "rolling back";
      case GroupState.Quarantined _ -> "quarantined";
      case GroupState.InSync _ -> "in sync";
      case GroupState.Failed _ -> "failed";
    };
  }
}
