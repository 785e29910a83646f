package dev.remora.server.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.api.ClientCounts;
import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.Command;
import dev.remora.server.peer.PeerCounts;
import dev.remora.server.replica.TestMember;
import dev.remora.server.storage.ForceTimes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What dashboards made for etcd ask for is there, and follows the state. */
final class MetricsTest {
  private final TestMember member = TestMember.start();
  private final Metrics metrics =
      new Metrics(
          member.replica(),
          "3.4.44",
          "1.2.3",
          77,
          new Counts(
              new ForceTimes(),
              () -> Map.of(0xabcL, new PeerCounts.Read(5, 6, 7)),
              List.of(new ClientCounts()),
              List.of()));

  @AfterEach
  void stop() {
    member.close();
  }

  @Test
  void namesAreThoseOfEtcdWhereItHasThem() {
    assertThat(metrics.text().lines())
        .contains(
            "etcd_server_has_leader 1.0",
            "etcd_server_is_leader 1.0",
            "etcd_server_is_learner 0.0",
            "etcd_server_version{server_version=\"3.4.44\"} 1.0",
            "remora_server_version{version=\"1.2.3\"} 1.0",
            "etcd_server_quota_backend_bytes 77.0",
            "remora_alarm{kind=\"NOSPACE\"} 0.0")
        .anyMatch(line -> line.startsWith("etcd_server_proposals_applied_total "))
        .anyMatch(line -> line.startsWith("etcd_mvcc_db_total_size_in_bytes "))
        .anyMatch(line -> line.startsWith("etcd_debugging_mvcc_keys_total "))
        .anyMatch(line -> line.startsWith("process_files_open_files "));
  }

  @Test
  void whatIsCountedGoesByEtcdsNamesAndLabels() {
    assertThat(metrics.text().lines())
        .contains(
            "# TYPE etcd_disk_wal_fsync_duration_seconds histogram",
            "etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.001\"} 0",
            "etcd_disk_wal_fsync_duration_seconds_bucket{le=\"8.192\"} 0",
            "etcd_disk_wal_fsync_duration_seconds_bucket{le=\"+Inf\"} 0",
            "etcd_disk_wal_fsync_duration_seconds_count 0",
            "etcd_server_leader_changes_seen_total 1.0",
            "etcd_server_proposals_pending 0.0",
            "etcd_server_proposals_failed_total 0.0",
            "etcd_network_peer_sent_bytes_total{To=\"abc\"} 5.0",
            "etcd_network_peer_received_bytes_total{From=\"abc\"} 6.0",
            "etcd_network_peer_sent_failures_total{To=\"abc\"} 7.0",
            "remora_client_connections 0.0",
            "remora_watchers 0.0")
        .anyMatch(line -> line.startsWith("process_resident_memory_bytes "))
        .anyMatch(line -> line.startsWith("process_cpu_seconds_total "))
        .anyMatch(line -> line.startsWith("jvm_gc_collection_seconds_count{gc="));
  }

  @Test
  void theyFollowTheState() {
    assertThat(metrics.text()).contains("remora_leases 0.0");

    member.onLoop((_, door) -> {
      door.propose(new Command.LeaseGrant(7, 60), _ -> {});
      door.propose(new Command.SetAlarm(new Alarm(1, Alarm.Kind.NOSPACE), true), _ -> {});
    });

    await()
        .untilAsserted(() ->
            assertThat(metrics.text())
                .contains("remora_leases 1.0", "remora_alarm{kind=\"NOSPACE\"} 1.0"));
  }
}
