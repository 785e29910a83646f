package dev.remora.server.replica;

import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.Members;
import dev.remora.server.apply.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells operators what a newly published state has changed that concerns them. */
final class StateLog {
  private static final Logger LOG = LoggerFactory.getLogger(StateLog.class);

  private StateLog() {}

  static void published(State before, State now, Clocks clocks) {
    if (LOG.isDebugEnabled() && now.revision() != before.revision()) {
      LOG.debug(
          "published revision={} index={} at_us={}",
          now.revision(),
          now.index(),
          clocks.wallNanos() / 1_000);
    }
    if (!now.alarms().equals(before.alarms())) {
      LOG.warn(
          "alarms changed raised={}", now.alarms().raised().stream().map(StateLog::text).toList());
    }
    if (!now.members().equals(before.members()) || !now.conf().equals(before.conf())) {
      LOG.info(
          "members changed index={} members={} voters={} learners={}",
          now.index(),
          now.members().list().stream().map(StateLog::text).toList(),
          now.conf().voters().stream().map(Long::toHexString).toList(),
          now.conf().learners().stream().map(Long::toHexString).toList());
    }
  }

  static void led(Leadership leadership, Members members) {
    if (leadership.leader() == 0) {
      LOG.info("no leader is known term={}", leadership.term());
    } else {
      LOG.info(
          "leader changed leader={} name={} term={}",
          Long.toHexString(leadership.leader()),
          members.get(leadership.leader()).map(Member::name).orElse("?"),
          leadership.term());
    }
  }

  private static String text(Alarm alarm) {
    return alarm.kind() + "@" + Long.toHexString(alarm.member());
  }

  private static String text(Member member) {
    return Long.toHexString(member.id()) + "=" + member.name() + member.peerUrls();
  }
}
