import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.net.URI;
import java.util.List;
import mousio.client.retry.RetryWithTimeout;
import mousio.etcd4j.EtcdClient;
import mousio.etcd4j.promises.EtcdResponsePromise;
import mousio.etcd4j.responses.EtcdException;
import mousio.etcd4j.responses.EtcdKeyAction;
import mousio.etcd4j.responses.EtcdKeysResponse;

/** etcd4j, unchanged. Arguments: the URL; over TLS also the files of authority, certificate, key. */
public final class Etcd4j {
  private static final int PATIENCE_MILLIS = 60_000;

  public static void main(String[] arguments) throws Exception {
    URI url = URI.create(arguments[0]);
    if (arguments.length == 1) {
      try (EtcdClient client = new EtcdClient(url)) {
        client.setRetryHandler(new RetryWithTimeout(100, PATIENCE_MILLIS));
        keys(client);
        waits(client);
        cluster(client);
      }
    } else {
      SslContext tls =
          SslContextBuilder.forClient()
              .trustManager(new File(arguments[1]))
              .keyManager(new File(arguments[2]), new File(arguments[3]))
              .build();
      try (EtcdClient client = new EtcdClient(tls, url)) {
        client.setRetryHandler(new RetryWithTimeout(100, PATIENCE_MILLIS));
        keys(client);
        waits(client);
      }
    }
    System.out.println("done");
    System.exit(0);
  }

  private static void keys(EtcdClient client) throws Exception {
    EtcdKeysResponse made = client.put("/j/a", "1").send().get();
    same(EtcdKeyAction.set, made.action);
    same("1", client.get("/j/a").send().get().node.value);
    same("1", client.put("/j/a", "2").ttl(600).send().get().prevNode.value);
    EtcdKeysResponse withTtl = client.get("/j/a").consistent().send().get();
    same(true, withTtl.node.ttl > 500 && withTtl.node.expiration != null);
    refused(101, client.put("/j/a", "3").prevValue("1").send());
    refused(105, client.put("/j/a", "3").prevExist(false).send());
    refused(100, client.get("/j/none").send());
    same(
        EtcdKeyAction.compareAndSwap,
        client.put("/j/a", "3").prevIndex(withTtl.node.modifiedIndex).send().get().action);
    same(EtcdKeyAction.update, client.put("/j/a", "4").prevExist().send().get().action);
    same(600L, client.refresh("/j/a", 600).send().get().node.ttl);
    String first = client.post("/j/queue", "x").send().get().node.key;
    String second = client.post("/j/queue", "y").send().get().node.key;
    List<EtcdKeysResponse.EtcdNode> queue =
        client.getDir("/j/queue").sorted().send().get().node.nodes;
    same(List.of(first, second), queue.stream().map(node -> node.key).toList());
    same(true, client.putDir("/j/dir").ttl(600).send().get().node.dir);
    refused(108, client.deleteDir("/j").send());
    same(EtcdKeyAction.compareAndDelete, client.delete("/j/a").prevValue("4").send().get().action);
    same(EtcdKeyAction.delete, client.deleteDir("/j").recursive().send().get().action);
  }

  private static void waits(EtcdClient client) throws Exception {
    EtcdKeysResponse past = client.put("/jw/a", "1").send().get();
    same("1", client.getDir("/jw").recursive().waitForChange(past.node.modifiedIndex).send().get()
        .node.value);
    EtcdResponsePromise<EtcdKeysResponse> next =
        client.getDir("/jw").recursive().waitForChange(past.node.modifiedIndex + 1).send();
    client.put("/jw/b", "2").send().get();
    same("/jw/b", next.get().node.key);
    EtcdResponsePromise<EtcdKeysResponse> end =
        client.get("/jw/b").waitForChange(next.get().node.modifiedIndex + 1).send();
    client.put("/jw/b", "3").ttl(1).prevExist().send().get();
    same(EtcdKeyAction.update, end.get().action);
    end = client.get("/jw/b").waitForChange(end.get().node.modifiedIndex + 1).send();
    same(EtcdKeyAction.expire, end.get().action);
    client.deleteDir("/jw").recursive().send().get();
  }

  private static void cluster(EtcdClient client) {
    same(true, client.version().getServer().startsWith("3."));
    same("true", client.getHealth().getHealth());
    same(1, client.getMembers().getMembers().size());
    same(client.getSelfStats().getId(), client.getSelfStats().getLeaderInfo().getLeader());
    same(true, client.getLeaderStats().getFollowers().isEmpty());
    same(true, client.getStoreStats().getCompareAndSwapSuccess() > 0);
  }

  private static void refused(int code, EtcdResponsePromise<EtcdKeysResponse> answer)
      throws Exception {
    try {
      answer.get();
    } catch (EtcdException e) {
      same(code, e.errorCode);
      return;
    }
    throw new AssertionError("not refused, though " + code + " was expected");
  }

  private static void same(Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("expected " + expected + ", but it is " + actual);
    }
  }
}
