import * as v from 'valibot'

/** A schema with the sentence that editors show for it. */
export const described = <const Schema extends v.GenericSchema>(description: string, schema: Schema) =>
  v.pipe(schema, v.description(description))
