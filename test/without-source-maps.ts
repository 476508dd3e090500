/**
 * Loaded before each test file. tap turns source maps on, and Node would then read the map of every module of a package:
 * the project's own TypeScript keeps its lines without any.
 */
import { setSourceMapsSupport } from 'node:module';

setSourceMapsSupport(false);
