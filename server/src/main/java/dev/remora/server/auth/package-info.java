/**
 * Who may do what: users, roles and one switch, for both doors.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.auth.AuthRules} to change them, by {@link
 * dev.remora.server.auth.Authoriser} to ask, by {@link dev.remora.server.auth.Token} for who holds
 * one.
 *
 * <p><b>Decided here</b>: a role keeps v2's path patterns and v3's key ranges apart, and a grant
 * counts only at its own door; what is not allowed is refused; each change takes a new auth
 * revision, by which a decision made on an older state is found out.
 *
 * <p><b>Inside</b> there is no bcrypt and no clock: hashes, secrets and the time come with the
 * input.
 *
 * <p><b>Words</b> are etcd's: user, role, grant, revoke, permission; <i>guest</i> is v2's role of
 * those who do not say who they are.
 */
@NullMarked
package dev.remora.server.auth;

import org.jspecify.annotations.NullMarked;
