package dev.remora.server.apply;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** The ids of members and clusters, made as etcd makes them. */
public final class MemberIds {
  private MemberIds() {}

  /** The first eight bytes of SHA-1 over the sorted peer URLs and the cluster's token. */
  public static long member(List<String> peerUrls, String clusterToken) {
    StringBuilder text = new StringBuilder();
    peerUrls.stream().sorted().forEach(text::append);
    return first(text.append(clusterToken).toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The id of a member that joins later: of its sorted peer URLs and the time, so that a member
   * that was removed can come back as another at the same URLs. etcd takes whole seconds.
   *
   * @param wallNanos nanoseconds since 1970
   */
  public static long joining(List<String> peerUrls, long wallNanos) {
    return member(peerUrls, Long.toString(wallNanos));
  }

  /** The first eight bytes of SHA-1 over the ids of the first members, in unsigned order. */
  public static long cluster(List<Long> members) {
    ByteBuffer bytes = ByteBuffer.allocate(members.size() * Long.BYTES);
    members.stream().sorted(Long::compareUnsigned).forEach(bytes::putLong);
    return first(bytes.array());
  }

  private static long first(byte[] hashed) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(hashed)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }
}
