import CSeccomp
import Glibc

/// The system calls that decoding, encoding and writing files take, and no others, by seccomp.
enum SystemCallFilter {
    /// Installs the filter for this thread and all that it starts.
    static func load() throws(SandboxError) {
        guard let filter = cseccomp_make() else { throw failure(ENOMEM) }
        defer { seccomp_release(filter) }
        var results = [cseccomp_kill_foreign(filter)]
        // Absent before libseccomp 2.5, where the filter is only slower.
        _ = cseccomp_optimize(filter)
        _ = cseccomp_report_errors(filter)
        results += allowed.map { cseccomp_allow(filter, $0) }
        results += forbidden.map { cseccomp_forbid(filter, $0, EPERM) }
        results += conditions.map {
            cseccomp_allow_masked(filter, $0.call, $0.argument, $0.mask, $0.value)
        }
        results.append(seccomp_load(filter))
        if let error = results.first(where: { $0 < 0 }) { throw failure(-error) }
    }

    private static func failure(_ number: Int32) -> SandboxError {
        SandboxError(.seccomp, errno: number)
    }

    private static let allowed = files + memory + threads + time + waiting + identity

    private static let files = [
        "access", "close", "close_range", "copy_file_range", "dup", "dup2", "dup3", "faccessat", "faccessat2",
        "fadvise64", "fallocate", "fchmod", "fcntl", "fdatasync", "flistxattr", "fstat", "fstatfs", "fsync",
        "ftruncate", "getcwd", "getdents", "getdents64", "lgetxattr", "link", "linkat", "listxattr", "llistxattr",
        "lseek", "lstat", "mkdir", "mkdirat", "newfstatat", "open", "openat", "pread64", "preadv", "pwrite64",
        "pwritev", "read", "readlink", "readlinkat", "readv", "rename", "renameat", "renameat2", "rmdir", "sendfile",
        "stat", "statfs", "statx", "sync_file_range", "umask", "unlink", "unlinkat", "write", "writev",
    ]
    private static let memory = [
        "brk", "get_mempolicy", "madvise", "membarrier", "mincore", "mlock", "mprotect", "mremap", "munlock", "munmap",
        "set_mempolicy",
    ]
    private static let threads = [
        "arch_prctl", "exit", "exit_group", "futex", "get_robust_list", "getcpu", "getpriority", "gettid", "rseq",
        "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sched_get_priority_max",
        "sched_get_priority_min", "sched_getaffinity", "sched_getattr", "sched_getparam", "sched_getscheduler",
        "sched_setaffinity", "sched_yield", "set_robust_list", "set_tid_address", "sigaltstack",
    ]
    private static let time = [
        "clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep", "restart_syscall", "time",
        "times",
    ]
    private static let waiting = [
        "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait", "eventfd2", "pause", "pipe",
        "pipe2", "poll", "ppoll", "pselect6", "select", "signalfd4", "timerfd_create", "timerfd_gettime",
        "timerfd_settime",
    ]
    private static let identity = [
        "getegid", "geteuid", "getgid", "getpgrp", "getpid", "getppid", "getrandom", "getrlimit", "getrusage",
        "getuid", "sysinfo", "uname",
    ]

    /// Doors that are closed by name; any other call that is not allowed is "not implemented".
    private static let forbidden = [
        "accept", "accept4", "add_key", "bind", "bpf", "chmod", "chown", "connect", "execve", "execveat", "fchmodat",
        "fchown", "fork", "io_uring_setup", "keyctl", "listen", "memfd_create", "mount", "pidfd_getfd",
        "perf_event_open", "process_vm_readv", "process_vm_writev", "ptrace", "request_key", "setns", "shmget",
        "socket", "socketpair", "symlink", "symlinkat", "truncate", "unshare", "userfaultfd", "vfork",
    ]

    private typealias Condition = (call: String, argument: UInt32, mask: UInt64, value: UInt64)

    /// `CLONE_NEW*`: cgroup, UTS, IPC, user, PID, network, mount and time.
    private static let namespaceFlags: UInt64 = 0x7E02_0080
    private static let cloneThread: UInt64 = 0x0001_0000
    private static let mapType: UInt64 = 0x0F
    private static let mapPrivate: UInt64 = 0x02
    private static let setName: UInt64 = 15
    private static let setMappingName: UInt64 = 0x5356_4D41
    private static let wholeWord: UInt64 = 0xFFFF_FFFF

    private static let conditions: [Condition] = {
        let process = UInt64(UInt32(bitPattern: getpid()))
        return [
            // Threads only. clone3, whose flags a filter cannot see, is "not implemented", and glibc falls back to this.
            ("clone", 0, namespaceFlags | cloneThread, cloneThread),
            // Shared memory escapes the limit on memory.
            ("mmap", 3, mapType, mapPrivate),
            ("prctl", 0, wholeWord, setName), ("prctl", 0, wholeWord, setMappingName),
            // Reading limits, not setting them: no new limit, of this process.
            ("prlimit64", 2, .max, 0),
            // Terminals: TCGETS and TIOCGWINSZ; FIONREAD, FIONBIO and FIOCLEX of descriptors.
            ("ioctl", 1, wholeWord, 0x5401), ("ioctl", 1, wholeWord, 0x5413), ("ioctl", 1, wholeWord, 0x541B),
            ("ioctl", 1, wholeWord, 0x5421), ("ioctl", 1, wholeWord, 0x5451),
            // Signals to itself: `abort`.
            ("kill", 0, wholeWord, process), ("tgkill", 0, wholeWord, process),
        ]
    }()
}
