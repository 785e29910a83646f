/**
 * The manifests of {@code k8s/} against Kubernetes' own schemas, against each other, and against
 * the real programs.
 */
@NullMarked
package dev.remora.kube;

import org.jspecify.annotations.NullMarked;
