#pragma once
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

// prctl(2) is variadic, which Swift does not see. Each returns 0, or -1 with errno.
static inline int clinux_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

// No other process of this user reads our memory or environment, and a crash leaves no core.
static inline int clinux_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

// The signal that comes when the parent dies, 0 for none.
static inline int clinux_parent_death_signal(void) {
    int number = 0;
    return prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0) == 0 ? number : 0;
}

static inline int clinux_set_parent_death_signal(int number) { return prctl(PR_SET_PDEATHSIG, number, 0, 0, 0); }

// glibc declares unshare(2) and close_range(2) only with _GNU_SOURCE. User, network and IPC namespaces at once, or none.
static inline int clinux_unshare_user_network_ipc(void) {
    return (int)syscall(SYS_unshare, 0x10000000 /* USER */ | 0x40000000 /* NET */ | 0x08000000 /* IPC */);
}

static inline int clinux_close_from(unsigned int first) {
    return (int)syscall(436 /* close_range */, first, ~0u, 0u);
}

// Gives up every capability. 0, or -1 with errno.
static inline int clinux_drop_capabilities(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    return (int)syscall(SYS_capset, &header, none);
}

// A limit, soft and hard, that is never above what is in force. 0, or -1 with errno.
static inline int clinux_lower_limit(int resource, unsigned long long value) {
    struct rlimit limit;
    if (getrlimit((__typeof__(RLIMIT_CORE))resource, &limit) != 0) return -1;
    if (limit.rlim_max > value) limit.rlim_max = value;
    if (limit.rlim_cur > value) limit.rlim_cur = value;
    return setrlimit((__typeof__(RLIMIT_CORE))resource, &limit);
}

// Landlock's numbers are the same on every architecture; Debian's headers know only the first of its versions.
struct clinux_landlock_rules { unsigned long long fs, net, scope; };
struct clinux_landlock_path { unsigned long long allowed; int folder; } __attribute__((packed));

// The version of Landlock's interface, or -1 with errno.
static inline int clinux_landlock_abi(void) { return (int)syscall(444, (void *)0, 0ul, 1u); }

// A rule set that forbids all of these, but for what is allowed later: its descriptor, or -1 with errno.
static inline int clinux_landlock_make(int abi, unsigned long long fs, unsigned long long net, unsigned long long scope) {
    const struct clinux_landlock_rules rules = {fs, net, scope};
    return (int)syscall(444, &rules, abi < 4 ? 8ul : abi < 6 ? 16ul : 24ul, 0u);
}

// 0, or -1 with errno. Rights of folders are left away for a file.
static inline int clinux_landlock_allow(int rules, const char *path, unsigned long long rights) {
    const unsigned long long of_files = 1 | 2 | 4 | 1 << 14 | 1 << 15;
    const int target = open(path, 010000000 /* O_PATH */ | O_CLOEXEC);
    if (target < 0) return -1;
    struct stat facts;
    if (fstat(target, &facts) != 0) facts.st_mode = S_IFREG;
    const struct clinux_landlock_path rule = {S_ISDIR(facts.st_mode) ? rights : rights & of_files, target};
    const int result = (int)syscall(445, rules, 1, &rule, 0u);
    close(target);
    return result;
}

static inline int clinux_landlock_restrict(int rules) { return (int)syscall(446, rules, 0u); }

// Changes the owner of what a descriptor of open(2) with O_PATH stands for. 0, or -1 with errno.
static inline int clinux_chown(int target, unsigned int user, unsigned int group) {
    return (int)syscall(SYS_fchownat, target, "", user, group, 0x1000 /* AT_EMPTY_PATH */);
}

// A descriptor that only names a file, and no link. -1 with errno.
static inline int clinux_open_name(int folder, const char *name) {
    return openat(folder, name, 010000000 /* O_PATH */ | O_NOFOLLOW | O_CLOEXEC);
}
