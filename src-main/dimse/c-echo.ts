/** C-ECHO: the answer to a verification (PS3.7 9.1.5, PS3.4 A). */
import dcmjsDimse from 'dcmjs-dimse';
import type { requests, responses } from 'dcmjs-dimse';

const { CEchoResponse } = dcmjsDimse.responses;
const { Status } = dcmjsDimse.constants;

/** The response to a C-ECHO-RQ: who got this far may verify the connection. */
export function cEcho(request: requests.CEchoRequest): responses.CEchoResponse {
  const response = CEchoResponse.fromRequest(request);
  response.setStatus(Status.Success);
  return response;
}
