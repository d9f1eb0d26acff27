#pragma once
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// glibc declares copy_file_range only with _GNU_SOURCE, which Swift does not define.
static inline ssize_t clinux_copy_file_range(int source, off_t *source_offset, int target, size_t count) {
    return syscall(SYS_copy_file_range, source, source_offset, target, (off_t *)0, count, 0u);
}

// sched_setattr(2) and its argument, which glibc declares from 2.41 on.
struct clinux_sched_attr {
    unsigned int size, policy;
    unsigned long long flags;
    int nice;
    unsigned int priority;
    unsigned long long runtime, deadline, period;
};

// SCHED_BATCH for the calling thread and those that it starts: it keeps the processor for `slice` nanoseconds where others
// wait for it as well. 0, or -1 with errno.
static inline int clinux_sched_batch(unsigned long long slice) {
    const struct clinux_sched_attr wanted = {
        .size = sizeof wanted, .policy = 3 /* SCHED_BATCH */, .nice = getpriority(PRIO_PROCESS, 0), .runtime = slice,
    };
    return (int)syscall(SYS_sched_setattr, 0, &wanted, 0u);
}

// Raises the soft limit of open files of this process to `wanted`, or as far as the hard one lets it. Returns what is in force.
static inline long clinux_raise_open_files(long wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
    const rlim_t most = limit.rlim_max < (rlim_t)wanted ? limit.rlim_max : (rlim_t)wanted;
    if (limit.rlim_cur >= most) return (long)most;
    limit.rlim_cur = most;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? (long)most : wanted;
}
