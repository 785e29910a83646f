package dev.remora.server.health;

import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What every process tells Prometheus, by the names that its own client libraries agree on, and the
 * garbage collectors. What the system does not tell is left out.
 */
final class ProcessMetrics implements MultiCollector {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");
  private static final double NANOS_A_SECOND = 1e9;
  private static final double MILLIS_A_SECOND = 1e3;

  @Override
  public MetricSnapshots collect() {
    List<MetricSnapshot> made = new ArrayList<>();
    resident()
        .ifPresent(bytes ->
            made.add(
                gauge("process_resident_memory_bytes", "Memory that is in place, in all", bytes)));
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      made.add(
          CounterSnapshot.builder()
              .name("process_cpu_seconds")
              .help("Processor time, of the user and the system")
              .dataPoint(
                  CounterDataPointSnapshot.builder()
                      .value(Math.max(0, unix.getProcessCpuTime()) / NANOS_A_SECOND)
                      .build())
              .build());
      made.add(
          gauge("process_open_fds", "File descriptors in use", unix.getOpenFileDescriptorCount()));
      made.add(
          gauge("process_max_fds", "File descriptors allowed", unix.getMaxFileDescriptorCount()));
    }
    made.add(collections());
    return new MetricSnapshots(made);
  }

  private static OptionalLong resident() {
    try {
      Matcher found = RESIDENT.matcher(Files.readString(STATUS));
      return found.find()
          ? OptionalLong.of(Long.parseLong(found.group(1)) << 10)
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static MetricSnapshot collections() {
    SummarySnapshot.Builder metric =
        SummarySnapshot.builder()
            .name("jvm_gc_collection_seconds")
            .help("Time that the garbage collectors took");
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      metric.dataPoint(
          SummaryDataPointSnapshot.builder()
              .count(Math.max(0, collector.getCollectionCount()))
              .sum(Math.max(0, collector.getCollectionTime()) / MILLIS_A_SECOND)
              .labels(Labels.of("gc", collector.getName()))
              .build());
    }
    return metric.build();
  }

  private static MetricSnapshot gauge(String name, String help, long value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value((double) value).build())
        .build();
  }
}
