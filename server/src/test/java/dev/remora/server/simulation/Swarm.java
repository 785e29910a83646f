package dev.remora.server.simulation;

import dev.remora.server.raft.RaftConfig;
import dev.remora.server.storage.WalSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What one seed decides before anything happens: how large the group is, how extreme its constants
 * are, and which faults are on. A seed with few kinds of faults reaches deeper than one with all of
 * them.
 */
final class Swarm {
  static final long TICK_MICROS = 100_000;
  static final int PAYLOAD_BYTES_MAX = 256;

  private static final long FAULTY_TICKS = 150;

  /** Faults that lead to rare situations only together, and often enough. */
  private static final List<EnumSet<FaultKind>> THEMES =
      List.of(
          EnumSet.of(
              FaultKind.ADD_LEARNER,
              FaultKind.REPLACE,
              FaultKind.SPLIT_JOINT,
              FaultKind.ISOLATE_FROM_VOTERS),
          EnumSet.of(
              FaultKind.ISOLATE_LEADER,
              FaultKind.BURST,
              FaultKind.KILL_RESTORED,
              FaultKind.SHORTEN_APPENDS),
          EnumSet.of(FaultKind.TRANSFER, FaultKind.STRAND_LEADER, FaultKind.DELAY_MESSAGES));

  final int voters;
  final int learners;
  final int electionTicks;
  final boolean isLazy;
  final long snapshotEvery;
  final long entriesKept;
  final WalSettings wal;
  final long diskMicrosMax;
  final long netMicrosMin;
  final long netMicrosSpan;
  final int proposalsPerTick;
  final int readsPerTick;
  final EnumSet<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
  final List<Fault> plan;

  private final boolean preVote;
  private final boolean checkQuorum;
  private final long messageBytesMax;
  private final int inflightMessagesMax;
  private final long inflightBytesMax;
  private final long uncommittedBytesMax;
  private final long applyBytesMax;
  private final boolean disableForwarding;

  Swarm(SplittableRandom random) {
    voters = pick(random, 1, 2, 3, 3, 3, 3, 3, 5, 5, 5, 4, 7);
    learners = pick(random, 0, 0, 1, 2);
    electionTicks = pick(random, 3, 5, 10);
    isLazy = random.nextInt(3) == 0;
    snapshotEvery = pick(random, 3, 10, 30, 100, 100_000);
    entriesKept = pick(random, 0, 0, 3, 20);
    int segmentBytes = pick(random, 1024, 2048, 4096, 16_384);
    wal =
        new WalSettings(
            segmentBytes,
            PAYLOAD_BYTES_MAX,
            pick(random, 1, 1024, 1 << 20),
            Duration.ofMillis(300));
    diskMicrosMax = pick(random, 100, 2_000, 20_000, 150_000);
    netMicrosMin = pick(random, 10, 500, 5_000);
    netMicrosSpan = pick(random, 100, 2_000, 20_000, 100_000);
    proposalsPerTick = pick(random, 1, 3, 6);
    readsPerTick = pick(random, 0, 1, 3);
    preVote = random.nextInt(4) > 0;
    checkQuorum = random.nextBoolean();
    messageBytesMax = pick(random, 0, 1, 200, 512 << 10);
    inflightMessagesMax = pick(random, 1, 2, 8, 256);
    inflightBytesMax = pick(random, 0, 0, 100, 8 << 20);
    uncommittedBytesMax = pick(random, 300, 2_000, 64 << 20);
    applyBytesMax = pick(random, 1, 300, 8 << 20);
    disableForwarding = random.nextInt(6) == 0;
    plan = plan(random);
  }

  private List<Fault> plan(SplittableRandom random) {
    kinds.addAll(random.nextInt(4) == 0 ? theme(random) : someKinds(random));
    List<FaultKind> chosen = List.copyOf(kinds);
    List<Fault> faults = new ArrayList<>();
    long meanMicros = TICK_MICROS * pick(random, 3, 6, 12);
    long at = TICK_MICROS * 2 * electionTicks;
    while (at < faultyMicros() && !chosen.isEmpty()) {
      FaultKind kind = chosen.get(random.nextInt(chosen.size()));
      faults.add(new Fault(faults.size(), at, kind, random.nextLong()));
      at += 1 + random.nextLong(2 * meanMicros);
    }
    return List.copyOf(faults);
  }

  private static EnumSet<FaultKind> theme(SplittableRandom random) {
    return THEMES.get(random.nextInt(THEMES.size()));
  }

  private static EnumSet<FaultKind> someKinds(SplittableRandom random) {
    int share = 1 + random.nextInt(6);
    EnumSet<FaultKind> some = EnumSet.noneOf(FaultKind.class);
    for (FaultKind kind : FaultKind.values()) {
      if (random.nextInt(8) < share) {
        some.add(kind);
      }
    }
    return some;
  }

  /** How long there are faults. */
  long faultyMicros() {
    return TICK_MICROS * FAULTY_TICKS;
  }

  RaftConfig config(long id) {
    return new RaftConfig(
        id,
        electionTicks,
        1,
        preVote,
        checkQuorum,
        false,
        messageBytesMax,
        inflightMessagesMax,
        inflightBytesMax,
        uncommittedBytesMax,
        applyBytesMax,
        RaftConfig.OnRemoval.HAND_OVER,
        disableForwarding);
  }

  @Override
  public String toString() {
    return ("voters=%d learners=%d electionTicks=%d lazy=%s snapshotEvery=%d kept=%d wal=%s"
            + " diskMicros=%d net=%d+%d faults=%s %s")
        .formatted(
            voters,
            learners,
            electionTicks,
            isLazy,
            snapshotEvery,
            entriesKept,
            wal,
            diskMicrosMax,
            netMicrosMin,
            netMicrosSpan,
            kinds,
            config(1));
  }

  private static int pick(SplittableRandom random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
