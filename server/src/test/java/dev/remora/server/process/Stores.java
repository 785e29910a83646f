package dev.remora.server.process;

import java.nio.file.Path;

/** The two servers that must behave alike. */
enum Stores {
  /** Debian's etcd 3.4: shows that the test itself is right. */
  ETCD,

  /** Ours. */
  REMORA;

  /** Starts one with an empty data directory; skips the test where it cannot be had. */
  StoreProcess start(Path dataDir) {
    return switch (this) {
      case ETCD -> EtcdProcess.start(dataDir);
      case REMORA -> ServerProcess.start(dataDir);
    };
  }
}
