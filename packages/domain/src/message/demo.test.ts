import { describe, expect, it } from '@jest/globals';
import { parseContents } from '../template/contents.js';
import { DEMO } from './demo.js';
import { isRegion, normalizePhone } from '../phone/normalize-phone.js';
import { countSegments } from '../text/segments.js';
import { parseTemplate, renderTemplate, templateProblem } from '../template/template.js';
import { isUuid } from './uuid7.js';

describe('DEMO', () => {
  it('is a client, a template and a message that the rules accept', () => {
    expect(isRegion(DEMO.region)).toBe(true);
    expect(normalizePhone('13800138000', DEMO.region)?.e164).toBe('+8613800138000');
    expect(isUuid(DEMO.messageId)).toBe(true);
    expect(templateProblem(DEMO.templateBody)).toBeUndefined();
  });

  it('renders the sample of the API text in one segment', () => {
    const template = parseTemplate(DEMO.templateBody);
    const values = parseContents([{ p1: '123456' }], template);
    const text = values.ok ? renderTemplate(template, values.value) : '';
    expect(text).toContain('your auth code is 123456.');
    expect(countSegments(text)).toEqual({ encoding: 'GSM-7', count: 1 });
  });
});
