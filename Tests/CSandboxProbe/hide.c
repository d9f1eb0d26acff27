#define _GNU_SOURCE
#include "probe.h"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF_EQUAL(value, then, otherwise) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, then, otherwise)
#define ANSWER(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define PASS BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static int install(struct sock_filter *code, size_t length) {
    const struct sock_fprog program = {(unsigned short)length, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 ? 0 : errno;
}

static int hide(const char *layer, unsigned int error) {
    struct sock_filter landlock[] = {LOAD(nr), IF_EQUAL(444, 0, 1), ANSWER(error), PASS};
    // seccomp(2), and prctl(2) where its first argument asks for a filter.
    struct sock_filter seccomp[] = {
        LOAD(nr), IF_EQUAL(SYS_seccomp, 3, 0), IF_EQUAL(SYS_prctl, 0, 3), LOAD(args[0]),
        IF_EQUAL(PR_SET_SECCOMP, 0, 1), ANSWER(error), PASS,
    };
    if (!strcmp(layer, "landlock")) return install(landlock, sizeof landlock / sizeof *landlock);
    if (!strcmp(layer, "seccomp")) return install(seccomp, sizeof seccomp / sizeof *seccomp);
    return EINVAL;
}

int sandbox_probe_execute_without(const char *layer, int error, char *const *command) {
    const int failure = hide(layer, (unsigned int)error & SECCOMP_RET_DATA);
    if (failure) return failure;
    execv(command[0], command);
    return errno;
}
