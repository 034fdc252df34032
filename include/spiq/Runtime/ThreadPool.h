/*===- ThreadPool.h - Threads for compiled models -----------------*- C -*-===*\
|*
|* A small pool of threads that runs the parallel loops of compiled models, for
|* applications that have none of their own. spiq-run and the Python module use
|* it; no compiled model needs it.
|*
\*===----------------------------------------------------------------------===*/

#ifndef SPIQ_RUNTIME_THREADPOOL_H
#define SPIQ_RUNTIME_THREADPOOL_H

#include "spiq/Runtime/ModelABI.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spiq_thread_pool spiq_thread_pool;

/* Starts a pool of `threads` threads (1 to 256), the caller's included. Returns
   null if `threads` is out of range or the system has no more threads. */
spiq_thread_pool *spiq_thread_pool_create(uint64_t threads);

/* What NAME_run_parallel takes; lives as long as the pool. Only one run at a
   time may use it. */
const spiq_parallel_for *
spiq_thread_pool_parallel_for(const spiq_thread_pool *pool);

/* Stops the threads; no run may be using them. Null is ignored. */
void spiq_thread_pool_destroy(spiq_thread_pool *pool);

#ifdef __cplusplus
}
#endif

#endif /* SPIQ_RUNTIME_THREADPOOL_H */
