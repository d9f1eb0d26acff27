#define _GNU_SOURCE
#include "probe.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in tcp, udp;
static struct sockaddr_un path_name, abstract_name;
static socklen_t abstract_length;

static int result(long value) { return value < 0 ? errno : 0; }

static void listen_inet(int type, struct sockaddr_in *address) {
    const int server = socket(AF_INET, type, 0);
    socklen_t length = sizeof *address;
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(server, (struct sockaddr *)address, length);
    getsockname(server, (struct sockaddr *)address, &length);
    if (type == SOCK_STREAM) listen(server, 1);
}

static void listen_unix(struct sockaddr_un *address, socklen_t length) {
    const int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (struct sockaddr *)address, length);
    listen(server, 1);
}

void sandbox_probe_prepare(const char *folder) {
    listen_inet(SOCK_STREAM, &tcp);
    listen_inet(SOCK_DGRAM, &udp);
    path_name.sun_family = abstract_name.sun_family = AF_UNIX;
    snprintf(path_name.sun_path, sizeof path_name.sun_path, "%s/s%d", folder, getpid());
    listen_unix(&path_name, sizeof path_name);
    const int length = snprintf(abstract_name.sun_path + 1, sizeof abstract_name.sun_path - 1, "probe-%d", getpid());
    abstract_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    listen_unix(&abstract_name, abstract_length);
}

static int try_connect(int family, int type, const void *address, socklen_t length) {
    const int client = socket(family, type, 0);
    if (client < 0) return errno;
    return result(connect(client, address, length));
}

static int try_open(const char *path, int flags) {
    const int file = open(path, flags | O_CLOEXEC, 0600);
    if (file < 0) return errno;
    char byte;
    if ((flags & O_ACCMODE) == O_RDONLY) return result(read(file, &byte, 1));
    return result(write(file, "x", 1));
}

// A hundred children that end at once: a fork bomb in miniature. The first that is refused is the answer.
static int try_fork(void) {
    for (int count = 0; count < 100; count++) {
        const pid_t child = fork();
        if (child < 0) return errno;
        if (child == 0) _exit(0);
        waitpid(child, 0, 0);
    }
    return 0;
}

static int try_exec(void) {
    char *const arguments[] = {"echo", "0", 0};
    execv("/bin/echo", arguments);
    return errno;
}

static int try_map(int sharing) {
    const size_t size = 10ull << 30;
    void *memory = mmap(0, size, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return errno;
    ((char *)memory)[size - 1] = 1;
    return 0;
}

static int try_heap(void) {
    for (int count = 0; count < 80; count++) {
        if (!malloc(128ull << 20)) return ENOMEM;
    }
    return 0;
}

static int try_read_memory(pid_t process) {
    char byte;
    struct iovec local = {&byte, 1}, remote = {&tcp, 1};
    return result(process_vm_readv(process, &local, 1, &remote, 1, 0));
}

static int try_clone(unsigned long flags) {
    const long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
    if (child < 0) return errno;
    if (child == 0) _exit(0);
    waitpid((pid_t)child, 0, 0);
    return 0;
}

static void *add_one(void *number) {
    __atomic_add_fetch((int *)number, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static int try_threads(void) {
    int sum = 0;
    pthread_t threads[32];
    for (int number = 0; number < 32; number++) {
        const int error = pthread_create(&threads[number], 0, add_one, &sum);
        if (error) return error;
    }
    for (int number = 0; number < 32; number++) pthread_join(threads[number], 0);
    return sum == 32 ? 0 : EAGAIN;
}

static int try_network(const char *name) {
    if (!strcmp(name, "tcp")) return try_connect(AF_INET, SOCK_STREAM, &tcp, sizeof tcp);
    if (!strcmp(name, "udp")) return try_connect(AF_INET, SOCK_DGRAM, &udp, sizeof udp);
    if (!strcmp(name, "unix")) return try_connect(AF_UNIX, SOCK_STREAM, &path_name, sizeof path_name);
    if (!strcmp(name, "abstract")) return try_connect(AF_UNIX, SOCK_STREAM, &abstract_name, abstract_length);
    if (!strcmp(name, "socketpair")) return result(socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){0, 0}));
    return -1;
}

static int try_kernel(const char *name) {
    if (!strcmp(name, "unshare-user")) return result(unshare(CLONE_NEWUSER));
    if (!strcmp(name, "unshare-mount")) return result(unshare(CLONE_NEWNS));
    if (!strcmp(name, "clone-user")) return try_clone(CLONE_NEWUSER);
    if (!strcmp(name, "clone3")) return result(syscall(SYS_clone3, 0, 0)) == EINVAL ? 0 : errno;
    if (!strcmp(name, "keyctl")) return result(syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -3 /* SESSION */, 1));
    // An unknown command: EINVAL and E2BIG say that the call was let in.
    if (!strcmp(name, "bpf")) return result(syscall(SYS_bpf, 0, 0, 0)) == EPERM ? EPERM : 0;
    if (!strcmp(name, "io_uring")) return result(syscall(425, 0, 0)) == EPERM ? EPERM : 0;
    if (!strcmp(name, "memfd")) return result(syscall(SYS_memfd_create, "probe", 0));
    return -1;
}

static int try_process(const char *name, const char *argument) {
    const pid_t other = (pid_t)atoi(argument);
    if (!strcmp(name, "exec")) return try_exec();
    if (!strcmp(name, "fork")) return try_fork();
    if (!strcmp(name, "vfork")) return try_clone(CLONE_VFORK);
    if (!strcmp(name, "ptrace")) return result(ptrace(PTRACE_TRACEME, 0, 0, 0));
    if (!strcmp(name, "read-memory")) return try_read_memory(getpid());
    if (!strcmp(name, "kill")) return result(kill(other, 0));
    if (!strcmp(name, "threads")) return try_threads();
    return -1;
}

static int try_file(const char *name, const char *argument) {
    if (!strcmp(name, "read")) return try_open(argument, O_RDONLY);
    if (!strcmp(name, "write")) return try_open(argument, O_WRONLY | O_CREAT);
    if (!strcmp(name, "mkdir")) return result(mkdir(argument, 0700));
    if (!strcmp(name, "unlink")) return result(unlink(argument));
    if (!strcmp(name, "truncate")) return result(truncate(argument, 0));
    if (!strcmp(name, "chmod")) return result(chmod(argument, 0644));
    if (!strcmp(name, "list")) {
        const int folder = open(argument, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return result(folder);
    }
    return -1;
}

static int try_memory(const char *name) {
    if (!strcmp(name, "memory")) return try_map(MAP_PRIVATE);
    if (!strcmp(name, "shared-memory")) return try_map(MAP_SHARED);
    if (!strcmp(name, "heap")) return try_heap();
    if (!strcmp(name, "raise-limit")) return result(setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}));
    return -1;
}

int sandbox_probe(const char *name, const char *argument) {
    int answer = try_file(name, argument);
    if (answer == -1) answer = try_process(name, argument);
    if (answer == -1) answer = try_network(name);
    if (answer == -1) answer = try_memory(name);
    return answer == -1 ? try_kernel(name) : answer;
}
