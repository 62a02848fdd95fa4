/**
 * What this computer is: processor, kernel, whether it is a virtual machine, which tools are there.
 *
 * Reads /proc and /sys where they are (Linux); elsewhere what node tells. Left out: whether a hypervisor hides itself;
 * a bare machine is only "no sign of a hypervisor".
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem, type } from 'node:os';
import { delimiter, join } from 'node:path';

/** The texts that tell a virtual machine; empty where a file is not there. */
export interface HostTexts {
  readonly cpuinfo: string;
  readonly product: string;
  readonly vendor: string;
  readonly hypervisorType: string;
  /** Of the device tree, on boards that have one. */
  readonly deviceTree: string;
  /** What macOS answers to kern.hv_vmm_present. */
  readonly macHypervisor: string;
}

const VIRTUAL_PRODUCTS =
  /virtualbox|vmware|kvm|qemu|standard pc|bochs|xen|hvm|parallels|virtual machine|google compute engine|amazon ec2|openstack|bhyve|firecracker|droplet/i;

/** The signs of a virtual machine in these texts, in words; empty: none was found. */
export function virtualMachineSigns(texts: HostTexts): string[] {
  const signs: string[] = [];
  if (/^flags\s*:.*\bhypervisor\b/m.test(texts.cpuinfo)) signs.push('hypervisor flag in /proc/cpuinfo');
  // Amazon rents bare machines too, and says so in the product
  const metal = /\.metal\b|\.metal-/.test(texts.product);
  if (VIRTUAL_PRODUCTS.test(texts.product)) signs.push(`DMI product "${texts.product.trim()}"`);
  else if (/qemu|vmware|xen|innotek|amazon ec2/i.test(texts.vendor) && !metal)
    signs.push(`DMI vendor "${texts.vendor.trim()}"`);
  if (texts.hypervisorType.trim() !== '') signs.push(`hypervisor ${texts.hypervisorType.trim()}`);
  // a list of names, each ended by a zero byte
  const tree = texts.deviceTree.split('\0').filter((name) => name.trim() !== '');
  if (tree.length > 0) signs.push(`hypervisor in the device tree: ${tree.join(', ')}`);
  if (texts.macHypervisor.trim() === '1') signs.push('kern.hv_vmm_present');
  return signs;
}

/** The clock that the kernel tells, MHz; undefined where it does not. The highest of the processors. */
export function clockOf(cpuinfo: string): number | undefined {
  const clocks = [...cpuinfo.matchAll(/^cpu MHz\s*:\s*([\d.]+)/gm)].map((match) => Number(match[1]));
  return clocks.length === 0 ? undefined : Math.max(...clocks);
}

/** The clock of this computer as its kernel tells it, MHz; undefined where it does not. */
export function hostClock(): number | undefined {
  const speed = cpus()[0]?.speed ?? 0;
  return clockOf(textOf('/proc/cpuinfo')) ?? (speed > 0 ? speed : undefined);
}

/** The first CPU of a list as in `Cpus_allowed_list: 2-3,5`; undefined where there is none. */
export function firstCpu(status: string): number | undefined {
  const match = /^Cpus_allowed_list:\s*(\d+)/m.exec(status);
  return match === null ? undefined : Number(match[1]);
}

/** This computer. */
export interface Host {
  readonly processor: string;
  readonly processors: number;
  readonly architecture: string;
  readonly kernel: string;
  readonly node: string;
  readonly virtualMachine: readonly string[];
  /** MHz, as the kernel tells it. */
  readonly clock: number | undefined;
  /** MiB. */
  readonly memory: number;
  /** Bytes. */
  readonly page: number | undefined;
  /** What /sys says about page-table isolation; empty where it says nothing. */
  readonly meltdown: string;
  /** The CPU to pin to. */
  readonly cpu: number | undefined;
  readonly compiler: { readonly path: string; readonly version: string } | undefined;
  readonly taskset: string | undefined;
  readonly mkfifo: string | undefined;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not there, or not for us to read
  }
}

/** The path of a program on PATH. */
function found(program: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // the next folder
    }
  }
  return undefined;
}

/** What a program says, or nothing where it fails. */
function said(program: string, ...words: string[]): string {
  try {
    return execFileSync(program, words, {
      encoding: 'utf8',
      timeout: 5000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}

/** Looks at this computer. */
export function thisHost(): Host {
  const cpuinfo = textOf('/proc/cpuinfo');
  const list = cpus();
  const compiler = found('cc');
  const page = Number(said('getconf', 'PAGESIZE').trim());
  return {
    processor: list[0]?.model.trim() || 'unknown processor',
    processors: list.length,
    architecture: arch(),
    kernel: `${type()} ${release()}`,
    node: process.version,
    virtualMachine: virtualMachineSigns({
      cpuinfo,
      product: textOf('/sys/class/dmi/id/product_name'),
      vendor: textOf('/sys/class/dmi/id/sys_vendor'),
      hypervisorType: textOf('/sys/hypervisor/type'),
      deviceTree: textOf('/proc/device-tree/hypervisor/compatible'),
      macHypervisor: platform() === 'darwin' ? said('sysctl', '-n', 'kern.hv_vmm_present') : '',
    }),
    clock: hostClock(),
    memory: Math.round(totalmem() / (1 << 20)),
    page: page > 0 ? page : undefined,
    meltdown: textOf('/sys/devices/system/cpu/vulnerabilities/meltdown').trim(),
    cpu: firstCpu(textOf('/proc/self/status')),
    compiler:
      compiler === undefined
        ? undefined
        : { path: compiler, version: said(compiler, '--version').split('\n')[0] ?? '' },
    taskset: found('taskset'),
    mkfifo: found('mkfifo'),
  };
}
