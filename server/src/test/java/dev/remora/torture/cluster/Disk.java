package dev.remora.torture.cluster;

import java.nio.file.Path;

/** Where a member's data lies. */
public interface Disk extends AutoCloseable {
  /** The folder; exists. */
  Path folder();

  /**
   * Everything that was not yet written to the device is lost, as when the power goes. The member
   * must not run.
   *
   * @throws UnsupportedOperationException if this disk cannot do it
   */
  void losePower();

  /** Leaves no byte free. */
  void fill();

  /** Takes back what {@link #fill} did. */
  void free();

  /** Whether {@link #losePower} and {@link #fill} work. */
  boolean isLoop();

  @Override
  void close();
}
