package dev.remora.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Calls a {@link TestServer} as clients do: by an HTTP client, or byte by byte. */
public final class HttpCaller {
  private static final int PATIENCE_MILLIS = 10_000;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofMillis(PATIENCE_MILLIS))
          .build();
  private final int port;

  /** A caller of a server. */
  public HttpCaller(TestServer server) {
    this(server.port());
  }

  /** A caller of what listens on this port of 127.0.0.1. */
  HttpCaller(int port) {
    this.port = port;
  }

  /** GETs a path. */
  public HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  /** DELETEs a path. */
  public HttpResponse<String> delete(String path) {
    return send(request(path).DELETE());
  }

  /** PUTs a form. */
  public HttpResponse<String> put(String path, String form) {
    return send("PUT", path, form);
  }

  /** Sends a form by any method. */
  public HttpResponse<String> send(String method, String path, String form) {
    return send(method, path, "application/x-www-form-urlencoded", form);
  }

  /** Sends a body of a type. */
  public HttpResponse<String> send(String method, String path, String type, String body) {
    return send(
        request(path).header("Content-Type", type).method(method, BodyPublishers.ofString(body)));
  }

  /** Begins a GET; completes with its whole body. */
  public CompletableFuture<HttpResponse<String>> begin(String path) {
    return client.sendAsync(request(path).GET().build(), BodyHandlers.ofString());
  }

  /** Opens a connection and sends some bytes. */
  public Wire open(String bytes) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return new Wire(socket);
    } catch (IOException e) {
      throw new AssertionError("no connection", e);
    }
  }

  /** Sends some bytes; all that comes back until the server closes. */
  public String exchange(String bytes) {
    try (Wire wire = open(bytes)) {
      return wire.readToEnd();
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofMillis(PATIENCE_MILLIS));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError("no reply", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** One connection. */
  public static final class Wire implements AutoCloseable {
    private final Socket socket;
    private final StringBuilder read = new StringBuilder();

    private Wire(Socket socket) {
      this.socket = socket;
    }

    /** Reads on until a text has come; all that was read so far. */
    public String readUntil(String wanted) {
      int searched = 0;
      while (read.indexOf(wanted, searched) < 0) {
        searched = Math.max(0, read.length() - wanted.length());
        if (!readMore()) {
          throw new AssertionError("the connection ended after: " + read);
        }
      }
      return read.toString();
    }

    /** Reads until the server closes; all that was read. */
    public String readToEnd() {
      boolean isOpen = true;
      while (isOpen) {
        isOpen = readMore();
      }
      return read.toString();
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new AssertionError("not closed", e);
      }
    }

    private boolean readMore() {
      try {
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[65_536];
        int count = in.read(bytes);
        if (count > 0) {
          read.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
        }
        return count >= 0;
      } catch (java.net.SocketException _) {
        return false; // A reset is an end, too.
      } catch (IOException e) {
        throw new AssertionError("nothing came after: " + read, e);
      }
    }
  }
}
