/* Lets a program believe that its processor has AVX2 but nothing newer.
 *
 * Preloaded into a program whose libraries ask for the processor's features by
 * `ud2` instead of `cpuid` (peers/avx2.py writes them), both two bytes long.
 * The signal that `ud2` raises is answered with what `cpuid` tells, without the
 * extensions that x86-64-v3 does not have.
 */

#define _GNU_SOURCE
#include <cpuid.h>
#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <ucontext.h>

typedef int (*Sigaction)(int, const struct sigaction *, struct sigaction *);

static const unsigned extendedFeatures = 7;

static int is_ud2(const unsigned char *code) {
  return code[0] == 0x0f && code[1] == 0x0b;
}

static void answer(int number, siginfo_t *info, void *context) {
  (void)info;
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  if (!is_ud2((const unsigned char *)registers[REG_RIP])) {
    signal(number, SIG_DFL); /* the instruction raises it again */
    return;
  }
  unsigned leaf = (unsigned)registers[REG_RAX];
  unsigned eax, ebx, ecx, edx;
  __cpuid_count(leaf, (unsigned)registers[REG_RCX], eax, ebx, ecx, edx);
  if (leaf == extendedFeatures) {
    ebx &= bit_BMI | bit_AVX2 | bit_BMI2;
    if (registers[REG_RCX] != 0)
      eax = ebx = 0;
    ecx = edx = 0;
  }
  registers[REG_RAX] = eax;
  registers[REG_RBX] = ebx;
  registers[REG_RCX] = ecx;
  registers[REG_RDX] = edx;
  registers[REG_RIP] += 2;
}

static Sigaction next_sigaction(void) {
  Sigaction next;
  void *symbol = dlsym(RTLD_NEXT, "sigaction");
  memcpy(&next, &symbol, sizeof(next));
  return next;
}

/* Node resets the actions of all signals when it starts. */
int sigaction(int number, const struct sigaction *action,
              struct sigaction *old) {
  return next_sigaction()(number, number == SIGILL ? NULL : action, old);
}

__attribute__((constructor)) static void install(void) {
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_sigaction = answer;
  action.sa_flags = SA_SIGINFO;
  next_sigaction()(SIGILL, &action, NULL);
}
