package dev.remora.torture.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The proxies before the members' peer ports, and what they do to the bytes. Thread-safe. */
public final class Network implements AutoCloseable {
  private static final int BACKLOG = 64;

  private final Links links = new Links();
  private final Senders senders;
  private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
  private final List<ServerSocket> proxies = new ArrayList<>();

  /**
   * Makes a network without members.
   *
   * @param processes the process ids of each member, asked at every new connection
   */
  public Network(Supplier<Map<Integer, List<Long>>> processes) {
    this.senders = new Senders(processes);
  }

  /**
   * Opens the way to a member.
   *
   * @param proxyPort where the others dial
   * @param peerPort where the member listens
   */
  public void open(int member, int proxyPort, int peerPort) {
    try {
      ServerSocket proxy = new ServerSocket(proxyPort, BACKLOG, InetAddress.getLoopbackAddress());
      proxies.add(proxy);
      Thread.ofVirtual()
          .name("proxy of member " + member)
          .start(() -> accept(proxy, member, peerPort));
    } catch (IOException e) {
      throw new UncheckedIOException("proxy of member " + member, e);
    }
  }

  private void accept(ServerSocket proxy, int to, int peerPort) {
    while (!proxy.isClosed()) {
      try {
        Socket near = proxy.accept();
        Thread.ofVirtual().start(() -> join(near, to, peerPort));
      } catch (IOException e) {
        // Closed at the end; otherwise the dialler was gone before.
      }
    }
  }

  private void join(Socket near, int to, int peerPort) {
    Socket far = new Socket();
    try {
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      OptionalInt from = senders.of(near.getPort(), near.getLocalPort());
      if (from.isEmpty() || isRefusing(from.getAsInt(), to)) {
        near.setSoLinger(true, 0);
        near.close();
        far.close();
        return;
      }
      far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), peerPort));
      Passage passage = new Passage(from.getAsInt(), to, near, far, links, passages::remove);
      passages.add(passage);
      passage.start();
    } catch (IOException e) {
      closing(near);
      closing(far);
    }
  }

  private boolean isRefusing(int one, int other) {
    return links.of(one, other).isRefusing() || links.of(other, one).isRefusing();
  }

  /** Holds back all bytes from one member to another; the other direction goes on. */
  public void cut(int from, int to) {
    links.of(from, to).cut();
  }

  /** Resets the connections between two members, and every new one. */
  public void refuse(int one, int other) {
    links.of(one, other).refuse();
    reset(one, other);
  }

  /** Resets the connections between two members, once. */
  public void reset(int one, int other) {
    passages.stream().filter(passage -> passage.isBetween(one, other)).forEach(Passage::reset);
  }

  /** Delays the bytes from one member to another. */
  public void delay(int from, int to, Duration delay) {
    links.of(from, to).delay(delay);
  }

  /** Spoils one bit of what is sent next from one member to another. */
  public void flipOneBit(int from, int to) {
    links.of(from, to).flipOneBit();
  }

  /** Everything arrives again: what was held back too, unless the connections are reset. */
  public void heal(boolean isReset) {
    if (isReset) {
      passages.forEach(Passage::reset);
    }
    links.all().forEach(Link::heal);
  }

  @Override
  public void close() {
    proxies.forEach(Network::closing);
    passages.forEach(Passage::reset);
  }

  private static void closing(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // There is nothing to be done, and nothing lost.
    }
  }
}
