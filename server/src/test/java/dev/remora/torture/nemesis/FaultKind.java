package dev.remora.torture.nemesis;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** All faults, by the names of {@code -Dtorture.faults}. */
public enum FaultKind {
  KILL,
  PAUSE,
  PARTITION,
  ONEWAY,
  FLAP,
  RESET,
  DELAY,
  FLIP,
  STORM,
  POWER,
  FULL,
  EIO,
  TERM,
  TRANSFER,
  REPLACE,
  CLOCK;

  /** A new one of this kind. */
  Fault fault() {
    return switch (this) {
      case KILL -> new Kills();
      case PAUSE -> new Pauses();
      case PARTITION -> new Partitions();
      case ONEWAY -> new OneWayCuts();
      case FLAP -> new Flapping();
      case RESET -> new Resets();
      case DELAY -> new Delays();
      case FLIP -> new BitFlips();
      case STORM -> new RestartStorm();
      case POWER -> new PowerLoss();
      case FULL -> new FullDisk();
      case EIO -> new SyncError();
      case TERM -> new Terminations();
      case TRANSFER -> new Transfers();
      case REPLACE -> new Replacements();
      case CLOCK -> new ClockJumps();
    };
  }

  /** The name in settings and reports. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kinds of a list like {@code kill,pause}. */
  public static List<FaultKind> parse(String names) {
    return Arrays.stream(names.split(",", -1))
        .map(name -> valueOf(name.strip().toUpperCase(Locale.ROOT)))
        .toList();
  }
}
