#pragma once
#include <errno.h>
#include <seccomp.h>

// Swift sees neither variadic functions nor libseccomp's macros of actions and comparisons.

// A filter whose answer to every call that no rule names is "not implemented": libraries know what to do then.
static inline scmp_filter_ctx cseccomp_make(void) { return seccomp_init(SCMP_ACT_ERRNO(ENOSYS)); }

// 0, or a negative errno; a call that this architecture does not have needs no rule.
static inline int cseccomp_allow(scmp_filter_ctx filter, const char *name) {
    const int call = seccomp_syscall_resolve_name(name);
    return call < 0 ? 0 : seccomp_rule_add_exact_array(filter, SCMP_ACT_ALLOW, call, 0, 0);
}

// Allows the call where `argument & mask == value`.
static inline int cseccomp_allow_masked(
    scmp_filter_ctx filter, const char *name, unsigned int argument, unsigned long long mask, unsigned long long value
) {
    const int call = seccomp_syscall_resolve_name(name);
    const struct scmp_arg_cmp rule = {argument, SCMP_CMP_MASKED_EQ, mask, value};
    return call < 0 ? 0 : seccomp_rule_add_exact_array(filter, SCMP_ACT_ALLOW, call, 1, &rule);
}

// Answers the call with an error instead of "not implemented".
static inline int cseccomp_forbid(scmp_filter_ctx filter, const char *name, int error) {
    const int call = seccomp_syscall_resolve_name(name);
    return call < 0 ? 0 : seccomp_rule_add_exact_array(filter, SCMP_ACT_ERRNO(error), call, 0, 0);
}

// Kills the process that calls through another architecture's table (32-bit, x32).
static inline int cseccomp_kill_foreign(scmp_filter_ctx filter) {
    return seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
}

// Answers with the kernel's error where it refuses the filter, instead of "cancelled".
static inline int cseccomp_report_errors(scmp_filter_ctx filter) {
    return seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
}

// Looks calls up in a tree rather than one after the other: an encode makes millions.
static inline int cseccomp_optimize(scmp_filter_ctx filter) {
    return seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
}
