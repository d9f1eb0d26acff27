#pragma once
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// glibc declares copy_file_range only with _GNU_SOURCE, which Swift does not define.
static inline ssize_t clinux_copy_file_range(int source, off_t *source_offset, int target, size_t count) {
    return syscall(SYS_copy_file_range, source, source_offset, target, (off_t *)0, count, 0u);
}
