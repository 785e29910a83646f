package dev.remora.kube;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Kubernetes' schemas, as its Java client has them: an unknown field is a mistake. */
final class Schemas {
  private interface Check {
    void run(JsonElement object) throws IOException;
  }

  private record Schema(Class<?> type, Check check) {}

  private static final Map<String, Schema> KNOWN =
      Map.of(
          "v1 ConfigMap", new Schema(V1ConfigMap.class, V1ConfigMap::validateJsonElement),
          "v1 Service", new Schema(V1Service.class, V1Service::validateJsonElement),
          "apps/v1 StatefulSet",
              new Schema(V1StatefulSet.class, V1StatefulSet::validateJsonElement),
          "apps/v1 Deployment", new Schema(V1Deployment.class, V1Deployment::validateJsonElement),
          "apps/v1 DaemonSet", new Schema(V1DaemonSet.class, V1DaemonSet::validateJsonElement),
          "batch/v1 Job", new Schema(V1Job.class, V1Job::validateJsonElement),
          "policy/v1 PodDisruptionBudget",
              new Schema(V1PodDisruptionBudget.class, V1PodDisruptionBudget::validateJsonElement),
          "networking.k8s.io/v1 NetworkPolicy",
              new Schema(V1NetworkPolicy.class, V1NetworkPolicy::validateJsonElement));

  /** Of the Prometheus operator, whose schemas are not in any package. */
  private static final List<String> FOREIGN =
      List.of("monitoring.coreos.com/v1 ServiceMonitor", "monitoring.coreos.com/v1 PrometheusRule");

  private Schemas() {}

  /** What is wrong with an object of this kind, in its words. */
  static Optional<String> problem(String kind, String json) {
    Schema schema = KNOWN.get(kind);
    if (schema == null) {
      return FOREIGN.contains(kind) ? Optional.empty() : Optional.of("unknown kind " + kind);
    }
    try {
      schema.check().run(JsonParser.parseString(json));
      var _ = JSON.getGson().fromJson(json, schema.type()); // Numbers and quantities, too.
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
