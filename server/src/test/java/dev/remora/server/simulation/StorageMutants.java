package dev.remora.server.simulation;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.replica.LogStore;
import dev.remora.server.replica.LogStoreEvents;
import dev.remora.server.replica.Recovered;
import dev.remora.server.storage.CorruptLogException;
import dev.remora.server.storage.StorageException;
import dev.remora.server.storage.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Logs, disks and clocks with a bug that somebody has shipped. */
final class StorageMutants {
  private StorageMutants() {}

  /** A force that has failed is tried again, and the second success is believed. */
  static final class RetriedForce extends Seams {
    @Override
    WriteAheadLog.Opened open(SimMember member, LogStoreEvents events, Opener opener)
        throws StorageException {
      return opener.open(new RetryingDisk(member.disk), events);
    }
  }

  /** A vote is given although it could not be stored. */
  static final class FailedVoteIgnored extends Seams {
    private final Map<SimMember, Deque<Runnable>> votes = new HashMap<>();

    @Override
    WriteAheadLog.Opened open(SimMember member, LogStoreEvents events, Opener opener)
        throws StorageException {
      Deque<Runnable> pending = new ArrayDeque<>();
      votes.put(member, pending);
      LogStoreEvents deaf =
          new LogStoreEvents() {
            @Override
            public void failed(Exception cause) {
              List.copyOf(pending).forEach(Runnable::run);
              member.process.after(30 * Swarm.TICK_MICROS, () -> events.failed(cause));
            }

            @Override
            public void spaceExhausted(String reason) {
              events.spaceExhausted(reason);
            }

            @Override
            public void spaceRegained() {
              events.spaceRegained();
            }
          };
      return super.open(member, deaf, opener);
    }

    @Override
    LogStore log(SimMember member, LogStore log) {
      Deque<Runnable> pending = votes.getOrDefault(member, new ArrayDeque<>());
      return new LogWrapper(log) {
        @Override
        public void append(@Nullable HardState hard, List<Entry> entries, Runnable onDurable) {
          Runnable once = once(onDurable);
          if (entries.isEmpty()) {
            pending.add(once);
          }
          super.append(
              hard,
              entries,
              () -> {
                pending.remove(once);
                once.run();
              });
        }
      };
    }
  }

  private static Runnable once(Runnable task) {
    boolean[] isDone = new boolean[1];
    return () -> {
      if (!isDone[0]) {
        isDone[0] = true;
        task.run();
      }
    };
  }

  /** The vote is stored by itself, some time after the term. */
  static final class VoteApartFromTerm extends Seams {
    @Override
    LogStore log(SimMember member, LogStore log) {
      return new LogWrapper(log) {
        private HardState last = member.shadow.hard;

        @Override
        public void append(@Nullable HardState hard, List<Entry> entries, Runnable onDurable) {
          if (hard == null || hard.term() == last.term()) {
            last = hard == null ? last : hard;
            super.append(hard, entries, onDurable);
            return;
          }
          last = hard;
          super.append(new HardState(hard.term(), 0, hard.commit()), entries, onDurable);
          member.process.after(
              Swarm.TICK_MICROS / 2,
              () -> {
                if (last.term() == hard.term()) {
                  super.append(last, List.of(), () -> {});
                }
              });
        }
      };
    }
  }

  /** What has no entries is believed to be stored as soon as it is handed over. */
  static final class VoteNotFlushed extends Seams {
    @Override
    LogStore log(SimMember member, LogStore log) {
      return new LogWrapper(log) {
        @Override
        public void append(@Nullable HardState hard, List<Entry> entries, Runnable onDurable) {
          if (hard != null && entries.isEmpty()) {
            super.append(hard, entries, () -> {});
            onDurable.run();
          } else {
            super.append(hard, entries, onDurable);
          }
        }
      };
    }
  }

  /** When something is durable, what was handed over later is believed to be so too. */
  static final class LaterWritesBelieved extends Seams {
    @Override
    LogStore log(SimMember member, LogStore log) {
      return new LogWrapper(log) {
        private final Deque<Runnable> pending = new ArrayDeque<>();

        @Override
        public void append(@Nullable HardState hard, List<Entry> entries, Runnable onDurable) {
          pending.add(onDurable);
          super.append(
              hard,
              entries,
              () ->
                  member.process.after(
                      200,
                      () -> {
                        for (Runnable next = pending.poll(); next != null; next = pending.poll()) {
                          next.run();
                        }
                      }));
        }
      };
    }
  }

  /** Entries behind a snapshot that contradicts the log are kept. */
  static final class SuffixKept extends Seams {
    private final Map<Long, TreeMap<Long, Entry>> logs = new HashMap<>();
    private final Map<Long, List<Entry>> kept = new HashMap<>();

    @Override
    WriteAheadLog.Opened open(SimMember member, LogStoreEvents events, Opener opener)
        throws StorageException {
      WriteAheadLog.Opened opened = super.open(member, events, opener);
      TreeMap<Long, Entry> entries = new TreeMap<>();
      opened.recovered().entries().forEach(entry -> entries.put(entry.index(), entry));
      logs.put(member.id, entries);
      List<Entry> suffix = kept.getOrDefault(member.id, List.of());
      Recovered found = opened.recovered();
      boolean isNext = !suffix.isEmpty() && suffix.getFirst().index() == found.lastIndex() + 1;
      if (!isNext) {
        return opened;
      }
      List<Entry> all = new ArrayList<>(found.entries());
      all.addAll(suffix);
      return new WriteAheadLog.Opened(
          opened.log(), new Recovered(found.hardState(), found.mark(), all));
    }

    @Override
    LogStore log(SimMember member, LogStore log) {
      TreeMap<Long, Entry> all = logs.getOrDefault(member.id, new TreeMap<>());
      return new LogWrapper(log) {
        @Override
        public void append(@Nullable HardState hard, List<Entry> entries, Runnable onDurable) {
          if (!entries.isEmpty()) {
            all.tailMap(entries.getFirst().index(), true).clear();
            entries.forEach(entry -> all.put(entry.index(), entry));
          }
          super.append(hard, entries, onDurable);
        }

        @Override
        public void snapshotMark(long index, long term, Runnable onDurable) {
          Entry at = all.get(index);
          if (at != null && at.term() != term) {
            kept.put(member.id, List.copyOf(all.tailMap(index, false).values()));
            all.clear();
          }
          super.snapshotMark(index, term, onDurable);
        }
      };
    }
  }

  /** A damaged record ends the log, wherever it stands. */
  static final class DamageCut extends Seams {
    private static final Pattern PLACE = Pattern.compile("(/\\S+) at byte (\\d+):");

    @Override
    WriteAheadLog.Opened open(SimMember member, LogStoreEvents events, Opener opener)
        throws StorageException {
      try {
        return super.open(member, events, opener);
      } catch (CorruptLogException e) {
        cut(member, e);
        member.disk.restartProcess();
        return super.open(member, events, opener);
      }
    }

    private static void cut(SimMember member, CorruptLogException reason)
        throws CorruptLogException {
      Matcher place = PLACE.matcher(String.valueOf(reason.getMessage()));
      if (!place.find()) {
        throw reason;
      }
      Path segment = Path.of(place.group(1));
      int from = Integer.parseInt(place.group(2));
      try {
        int size = member.disk.bytes(segment).length;
        member.disk.damage(segment, from, new byte[size - from]);
        for (String name : member.disk.list(segment.resolveSibling(""))) {
          Path other = segment.resolveSibling(name);
          if (name.endsWith(".rwal") && other.compareTo(segment) > 0) {
            member.disk.lose(other);
          }
        }
      } catch (IOException e) {
        reason.addSuppressed(e);
        throw reason;
      }
    }
  }
}
