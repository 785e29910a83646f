package dev.remora.server.api;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.transport.Transport;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;

/**
 * The system's transport, with a doorkeeper at each listener. Vert.x has no other place where a
 * connection can be refused before its handshake.
 */
public final class GuardedTransport implements io.vertx.core.transport.Transport {
  private final io.vertx.core.transport.Transport transport;
  private final Doorkeeper clients;
  private final Doorkeeper members;

  /**
   * The best of this system: the native one, else NIO.
   *
   * @param clients stands at each HTTP listener
   * @param members stands at all others
   */
  public GuardedTransport(Doorkeeper clients, Doorkeeper members) {
    io.vertx.core.transport.Transport natively =
        io.vertx.core.transport.Transport.nativeTransport();
    this.transport =
        natively != null && natively.available() ? natively : io.vertx.core.transport.Transport.NIO;
    this.clients = clients;
    this.members = members;
  }

  @Override
  public String name() {
    return transport.name();
  }

  @Override
  public boolean available() {
    return transport.available();
  }

  @Override
  public Throwable unavailabilityCause() {
    return transport.unavailabilityCause();
  }

  @Override
  public Transport implementation() {
    return new Guarded(transport.implementation(), clients, members);
  }

  private record Guarded(Transport bare, Doorkeeper clients, Doorkeeper members)
      implements Transport {
    @Override
    public void configure(
        NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
      bare.configure(options, domainSocket, bootstrap);
      bootstrap.handler(options instanceof HttpServerOptions ? clients : members);
    }

    @Override
    public boolean supportsDomainSockets() {
      return bare.supportsDomainSockets();
    }

    @Override
    public boolean supportFileRegion() {
      return bare.supportFileRegion();
    }

    @Override
    public boolean isAvailable() {
      return bare.isAvailable();
    }

    @Override
    public Throwable unavailabilityCause() {
      return bare.unavailabilityCause();
    }

    @Override
    public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
      return bare.convert(address);
    }

    @Override
    public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
      return bare.convert(address);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
      return bare.ioHandlerFactory();
    }

    @Override
    public EventLoopGroup eventLoopGroup(
        int type, int threads, ThreadFactory threadFactory, int ioRatio) {
      return bare.eventLoopGroup(type, threads, threadFactory, ioRatio);
    }

    @Override
    public DatagramChannel datagramChannel() {
      return bare.datagramChannel();
    }

    @Override
    @SuppressWarnings("deprecation") // What Vert.x asks for.
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
      return bare.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
      return bare.channelFactory(domainSocket);
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
      return bare.serverChannelFactory(domainSocket);
    }

    @Override
    public void configure(DatagramChannel channel, DatagramSocketOptions options) {
      bare.configure(channel, options);
    }

    @Override
    public void configure(
        ClientOptionsBase options, int connectTimeout, boolean domainSocket, Bootstrap bootstrap) {
      bare.configure(options, connectTimeout, domainSocket, bootstrap);
    }
  }
}
