package dev.remora.server.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MemberIdsTest {
  @Test
  void theIdsOfADefaultMemberAreEtcds() {
    long member = MemberIds.member(List.of("http://localhost:2380"), "etcd-cluster");
    long cluster = MemberIds.cluster(List.of(member));

    assertThat(Long.toHexString(member)).isEqualTo("8e9e05c52164694d");
    assertThat(Long.toHexString(cluster)).isEqualTo("cdf818194e3a8c32");
  }
}
