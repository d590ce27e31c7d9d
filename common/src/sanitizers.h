#ifndef WB_SANITIZERS_H
#define WB_SANITIZERS_H

/*
 * Which sanitizer this build has: WB_ASAN or WB_TSAN is defined, or neither.
 * gcc says it with macros, clang with __has_feature.
 */

#include <stddef.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define WB_ASAN 1
#elif __has_feature(thread_sanitizer)
#define WB_TSAN 1
#endif
#endif

#ifdef __SANITIZE_ADDRESS__
#define WB_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define WB_TSAN 1
#endif

#ifdef WB_ASAN
#include <sanitizer/asan_interface.h>
#endif

/* These bytes may be used again, whatever stood there. */
static inline void wb_asan_unpoison(void *memory, size_t size)
{
    (void)memory, (void)size;
#ifdef WB_ASAN
    __asan_unpoison_memory_region(memory, size);
#endif
}

#endif
