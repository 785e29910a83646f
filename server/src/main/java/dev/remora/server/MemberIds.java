package dev.remora.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** The ids that etcd gives the members of a cluster that begins with static URLs. */
final class MemberIds {
  private MemberIds() {}

  /** The first eight bytes of SHA-1 over the sorted peer URLs and the cluster's token. */
  static long member(List<String> peerUrls, String clusterToken) {
    StringBuilder text = new StringBuilder();
    peerUrls.stream().sorted().forEach(text::append);
    return first(text.append(clusterToken).toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The first eight bytes of SHA-1 over the ids of the first members, in unsigned order. */
  static long cluster(List<Long> members) {
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
