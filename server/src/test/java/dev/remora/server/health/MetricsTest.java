package dev.remora.server.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.Command;
import dev.remora.server.replica.TestMember;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What dashboards made for etcd ask for is there, and follows the state. */
final class MetricsTest {
  private final TestMember member = TestMember.start();
  private final Metrics metrics = new Metrics(member.replica(), "3.4.44", "1.2.3", 77);

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
