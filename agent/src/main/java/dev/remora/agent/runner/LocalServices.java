package dev.remora.agent.runner;

import dev.remora.agent.service.ServiceSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The services registered through the local API: durable before the answer, one save at a time. */
final class LocalServices {
  static final int COUNT_MAX = 10_000;

  private final Vertx vertx;
  private final ServiceStore store;
  private final TreeMap<String, Local> services = new TreeMap<>();
  private Future<Void> saving = Future.succeededFuture();

  /**
   * One service.
   *
   * @param definition as it was given
   */
  record Local(String definition, ServiceSpec spec) {}

  LocalServices(Vertx vertx, ServiceStore store, SortedMap<String, Local> earlier) {
    this.vertx = vertx;
    this.store = store;
    services.putAll(earlier);
  }

  List<ServiceSpec> specs() {
    List<ServiceSpec> specs = new ArrayList<>();
    services.values().forEach(local -> specs.add(local.spec()));
    return specs;
  }

  boolean contains(String id) {
    return services.containsKey(id);
  }

  boolean isFull() {
    return services.size() >= COUNT_MAX;
  }

  Future<Void> put(String id, Local local) {
    services.put(id, local);
    return save();
  }

  Future<Void> remove(String id) {
    services.remove(id);
    return save();
  }

  private Future<Void> save() {
    TreeMap<String, String> definitions = new TreeMap<>();
    services.forEach((id, local) -> definitions.put(id, local.definition()));
    Future<Void> next =
        saving
            .otherwiseEmpty()
            .compose(_ ->
                vertx.executeBlocking(
                    () -> {
                      store.save(definitions);
                      return null;
                    },
                    false));
    saving = next;
    return next;
  }
}
