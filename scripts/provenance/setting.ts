/** What the story of a job depends on besides the history of its run, from the run's scenario. */
import { isMap, type Plain, type Value } from '../../sim/experiment/fields.ts';
import type { Setting } from './story.ts';

/** The setting of a settled scenario. */
export function settingOf(scenario: Plain): Setting {
  const { glunix, owners, policies } = scenario;
  const part = (group: Value | undefined, key: string): string => {
    const value = isMap(group) ? group[key] : undefined;
    return String((isMap(value) ? value['name'] : value) ?? 'none');
  };
  const on = glunix !== false && glunix !== 'off';
  const batch = part(policies, 'batch');
  return {
    queue: on && batch !== 'none',
    home: !on,
    batch,
    share: part(policies, 'share'),
    owned: part(owners, 'law') !== 'none' || part(owners, 'trace') !== 'none',
  };
}
