package dev.remora.server;

import dev.remora.server.replica.LogStoreEvents;
import dev.remora.server.replica.Replica;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done when the log reports trouble: a failed write ends the process, since what the disk
 * holds is unknown; a full disk stops writes and nothing else.
 */
final class LogEvents implements LogStoreEvents {
  private static final Logger LOG = LoggerFactory.getLogger(LogEvents.class);

  private volatile @Nullable Replica replica;
  private volatile boolean isFull;

  void attach(Replica attached) {
    replica = attached;
    attached.setFull(isFull);
  }

  @Override
  public void failed(Exception cause) {
    LOG.error(
        "the log cannot be written: the member stops, since what is on disk is unknown", cause);
    Runtime.getRuntime().halt(Main.EXIT_FAILED);
  }

  @Override
  public void spaceExhausted(String reason) {
    LOG.warn("no room for more log: writes are refused, reads go on; {}", reason);
    setFull(true);
  }

  @Override
  public void spaceRegained() {
    LOG.info("there is room for the log again: writes are served");
    setFull(false);
  }

  private void setFull(boolean full) {
    isFull = full;
    Replica attached = replica;
    if (attached != null) {
      attached.setFull(full);
    }
  }
}
