package dev.remora.server.health;

import dev.remora.server.api.ClientCounts;
import dev.remora.server.api.WatchFeed;
import dev.remora.server.peer.PeerCounts;
import dev.remora.server.replica.ReplicaCounts;
import dev.remora.server.storage.ForceTimes;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The metrics that are counted as things happen, made of the counts when somebody asks. What etcd's
 * dashboards and alerts ask for goes by etcd's names and labels (its {@code
 * Documentation/metrics.md} and mixin); those whose cause does not exist here are left out.
 */
final class CountedMetrics implements MultiCollector {
  private final ReplicaCounts replica;
  private final Counts counts;

  CountedMetrics(ReplicaCounts replica, Counts counts) {
    this.replica = replica;
    this.counts = counts;
  }

  @Override
  public MetricSnapshots collect() {
    List<MetricSnapshot> made = new ArrayList<>();
    made.add(forces());
    made.add(
        counter(
            "etcd_server_leader_changes_seen",
            "How often another leader was seen",
            replica.leaderChanges()));
    made.add(
        gauge(
            "etcd_server_proposals_pending",
            "Proposals that wait for their outcome",
            replica.waiting()));
    made.add(
        counter(
            "etcd_server_proposals_failed",
            "Proposals that were given up: refused, lost, or too late",
            replica.failed()));
    Map<Long, PeerCounts.Read> peers = counts.peers().get();
    made.add(
        ofPeers(
            "etcd_network_peer_sent_bytes",
            "Bytes sent to another member, without snapshots",
            "To",
            peers,
            PeerCounts.Read::sentBytes));
    made.add(
        ofPeers(
            "etcd_network_peer_received_bytes",
            "Bytes that came from another member, without snapshots",
            "From",
            peers,
            PeerCounts.Read::receivedBytes));
    made.add(
        ofPeers(
            "etcd_network_peer_sent_failures",
            "Messages to another member that were dropped",
            "To",
            peers,
            PeerCounts.Read::lost));
    made.add(answers());
    made.add(
        gauge(
            "remora_client_connections",
            "Clients that are connected",
            counts.clients().stream().mapToInt(ClientCounts::connections).sum()));
    made.add(
        gauge(
            "remora_watchers",
            "Watchers, of both APIs",
            counts.feeds().stream().mapToInt(WatchFeed::shown).sum()));
    return new MetricSnapshots(made);
  }

  private MetricSnapshot forces() {
    ForceTimes forces = counts.forces();
    return HistogramSnapshot.builder()
        .name("etcd_disk_wal_fsync_duration_seconds")
        .help("How long the disk took to make the log durable")
        .dataPoint(
            HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(
                    ClassicHistogramBuckets.of(ForceTimes.bounds(), forces.counts()))
                .sum(forces.sumSeconds())
                .build())
        .build();
  }

  private MetricSnapshot answers() {
    Map<Integer, Long> answers = new TreeMap<>();
    for (ClientCounts loop : counts.clients()) {
      loop.answers().forEach((code, count) -> answers.merge(code, count, Long::sum));
    }
    CounterSnapshot.Builder metric =
        CounterSnapshot.builder()
            .name("remora_http_requests")
            .help("Requests of clients that were answered, by status code; a few seconds late");
    answers.forEach(
        (code, count) -> metric.dataPoint(point(count, Labels.of("code", Integer.toString(code)))));
    return metric.build();
  }

  private static MetricSnapshot ofPeers(
      String name,
      String help,
      String label,
      Map<Long, PeerCounts.Read> peers,
      ToLongFunction<PeerCounts.Read> number) {
    CounterSnapshot.Builder metric = CounterSnapshot.builder().name(name).help(help);
    peers.forEach((peer, read) ->
        metric.dataPoint(
            point(number.applyAsLong(read), Labels.of(label, Long.toHexString(peer)))));
    return metric.build();
  }

  private static MetricSnapshot counter(String name, String help, long count) {
    return CounterSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(point(count, Labels.EMPTY))
        .build();
  }

  private static CounterDataPointSnapshot point(long count, Labels labels) {
    return CounterDataPointSnapshot.builder().value((double) count).labels(labels).build();
  }

  private static MetricSnapshot gauge(String name, String help, long value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value((double) value).build())
        .build();
  }
}
