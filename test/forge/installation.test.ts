import { afterEach, describe, expect, it } from 'vitest';
import { currentInstallation } from '../../src/forge/installation';
import { aRuntime, serveForge } from '../fakes/forge-globals';

let stop = () => {};
afterEach(() => stop());

function installation(appContext: object, handlerContext?: unknown) {
  stop = serveForge(() => ({ status: 500 }), aRuntime(appContext));
  return currentInstallation(handlerContext);
}
const onSite = { installation: { ari: {}, contexts: [{ cloudId: 'site-a' }] } };

describe('the installation', () => {
  it('comes from the platform', () => {
    expect(installation(onSite)).toEqual({
      cloudId: 'site-a',
      installationId: 'installation-1',
      appUuid: '11111111-2222-3333-4444-555555555555',
      licensed: undefined,
      appVersion: '1.2.0',
    });
  });

  it('knows the app by its UUID, however the platform writes the id', {
    tags: ['other-app-id'],
  }, () => {
    const appId = 'ari:cloud:ecosystem::app/99999999-2222-3333-4444-555555555555';
    expect(installation({ ...onSite, appId }).appUuid).toBe('99999999-2222-3333-4444-555555555555');
  });

  it('takes the site from the call where the app’s context lacks it', () => {
    const context = { installContext: 'ari:cloud:jira::site/site-b' };
    expect(installation({}, context).cloudId).toBe('site-b');
  });

  it('does not guess a site', { tags: ['two-sites-one-process'] }, () => {
    expect(() => installation({})).toThrow('no site');
    expect(() => installation({}, { installContext: 'ari:cloud:confluence::space/1' })).toThrow(
      'no site',
    );
  });

  it.each([
    [{ license: { active: true } }, {}, true],
    [{ license: { isActive: true } }, {}, true],
    [{ license: { active: false } }, {}, false],
    [{ license: { isActive: false } }, {}, false],
    [{}, { license: { isActive: false } }, false],
    [{ license: {} }, { license: null }, undefined],
    [{}, {}, undefined],
  ])(
    'reads the licence %j beside %j as %s',
    { tags: ['licence-inactive'] },
    (app, handler, licensed) => {
      expect(installation({ ...onSite, ...app }, handler).licensed).toBe(licensed);
    },
  );
});
