// What the programs of the test cluster are described by.

/** A folder beside this file whose go.mod and go.sum pin what is built in it. */
export interface GoModule {
  readonly folder: string;
  /** Modules of which some packages are replaced by ours, by the name of their folder in `left-out`. */
  readonly changed: Readonly<Record<string, string>>;
  /** Further folders in `left-out` whose files are added to one of these. */
  readonly added?: Readonly<Record<string, string>>;
  /** The folder that pins the modules to copy from, where it is not `originals`. */
  readonly originals?: string;
  /** Go's build tags. */
  readonly tags?: readonly string[];
  /** The version of Go that builds it, where the machine's own is too old; the go command fetches it. */
  readonly toolchain?: string;
}

/** How a program on PATH tells its version, and the one that is wanted. */
export interface ReadyMade {
  readonly version: string;
  readonly args: readonly string[];
}

/** A program that a tool's build leaves behind: `built` is the name that Go gives it, `name` the one used here. */
export interface Program {
  readonly name: string;
  readonly built: string;
  /** What go build is asked for. */
  readonly from: string;
  /** Where a program of the machine's own may take its place. */
  readonly readyMade?: ReadyMade;
}

/** A file copied out of one of the modules that a folder pins, verified by go.sum like the code. */
export interface ModuleFile {
  readonly module: string;
  readonly path: string;
  readonly name: string;
}

export interface Tool {
  readonly id: string;
  readonly version: string;
  /** Where its programs are built; a tool of files alone has none. */
  readonly module?: GoModule;
  readonly programs: readonly Program[];
  readonly files: readonly ModuleFile[];
  /** The folder that pins the modules of these files, where it is neither the module's nor `originals`. */
  readonly pins?: string;
  /** Linker's -X settings. */
  readonly stamps: Readonly<Record<string, string>>;
  /** CPU seconds of a cold build after the tools above it, where they were measured: what counts is their relation. */
  readonly cost: number;
  /** Packages that such a build compiles. */
  readonly packages: number;
  /** Built only when it is asked for by its id. */
  readonly onDemand: boolean;
}
